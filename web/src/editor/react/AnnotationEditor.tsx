import { useTranslation } from "react-i18next";
import { AttributePanel } from "./AttributePanel";
import { Canvas } from "./Canvas";
import { ClassList } from "./ClassList";
import "./editor.css";
import { FilterPanel } from "./FilterPanel";
import { LayerPanel } from "./LayerPanel";
import { ProblemBar } from "./ProblemBar";
import { RuleCard } from "./RuleCard";
import { ShapeList } from "./ShapeList";
import { ShortcutPanel } from "./ShortcutPanel";
import { StatusBar } from "./StatusBar";
import { ToolRail } from "./ToolRail";
import { TopBar } from "./TopBar";
import type { AnnotationEditorProps } from "./types";
import { useEditor } from "./useEditor";

/** The labelling page: everything comes by props, nothing is fetched here. */
export function AnnotationEditor(props: AnnotationEditorProps) {
  const { t } = useTranslation("editor");
  const { editor, panel, setPanel, problems, submit } = useEditor(props);
  if (!editor) return <div className="te" data-theme={props.theme} />;
  return (
    <div className="te" data-theme={props.theme}>
      <TopBar editor={editor} props={props} submit={submit} />
      <ToolRail editor={editor} />
      <main className="te-middle">
        <Canvas editor={editor} label={props.document?.picture.name ?? t("loading")} />
        {props.notice && <div className="te-notice">{props.notice}</div>}
        {!props.document && <div className="te-loading">{t("loading")}</div>}
        {panel === "filters" && <FilterPanel editor={editor} onClose={() => setPanel(null)} />}
        {panel === "shortcuts" && <ShortcutPanel editor={editor} onClose={() => setPanel(null)} />}
        <ProblemBar editor={editor} problems={problems} />
      </main>
      <aside className="te-side">
        {props.panel}
        <ClassList editor={editor} />
        <AttributePanel editor={editor} />
        <ShapeList editor={editor} />
        <LayerPanel editor={editor} />
        <RuleCard editor={editor} render={props.renderMarkdown} />
      </aside>
      <StatusBar editor={editor} props={props} />
    </div>
  );
}
