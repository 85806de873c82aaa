import { useTranslation } from "react-i18next";
import { formatClock } from "../../i18n/format";
import { Kbd } from "../../ui/Kbd";
import type { Editor } from "../core/editor";
import type { AnnotationEditorProps } from "./types";
import { useWorkClock } from "./useWorkClock";

function Timer({ editor, worked }: { editor: Editor; worked: number }) {
  const seconds = useWorkClock(editor, worked);
  return <span className="te-timer">{formatClock(seconds)}</span>;
}

export function TopBar({
  editor,
  props,
  submit,
}: {
  editor: Editor;
  props: AnnotationEditorProps;
  submit: () => void;
}) {
  const { t } = useTranslation(["editor", "common"]);
  const readOnly = props.document?.readOnly ?? true;
  return (
    <header className="te-top">
      <button type="button" className="te-brand" title={t("editor:brandHome")} onClick={props.onHome}>
        {t("common:product")}
      </button>
      <span className="te-muted te-title">{props.title.join(" · ")}</span>
      <span className="te-grow" />
      <span className="te-muted">{props.facts?.join(" · ")}</span>
      {typeof props.workedSeconds === "number" && <Timer editor={editor} worked={props.workedSeconds} />}
      {props.onAsk && (
        <button type="button" className="te-button" onClick={props.onAsk}>
          {t("editor:ask")} <Kbd>?</Kbd>
        </button>
      )}
      {props.onSkip && !readOnly && (
        <button type="button" className="te-button" onClick={props.onSkip}>
          {t("editor:skip")}
        </button>
      )}
      {props.onSubmit && !readOnly && (
        <button type="button" className="te-button te-primary" onClick={submit}>
          {t("editor:submit")} <Kbd>Enter</Kbd>
        </button>
      )}
    </header>
  );
}
