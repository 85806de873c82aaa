import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Kept } from "./drafts";
import { DraftsPanel } from "./SidePanels";
import type { LabelSession } from "./session";
import { noneText, noneTitle } from "./words";

interface Props {
  session: LabelSession;
  theme: "dark" | "light";
  kept: readonly Kept[];
  refresh: () => void;
}

/** A calm page of words and one thing to do. */
export function Words({ title, text, children, theme }: WordsProps) {
  return (
    <main className="te tl-words" data-theme={theme}>
      <div>
        <h1>{title}</h1>
        {text && <p className="te-muted">{text}</p>}
        {children}
      </div>
    </main>
  );
}

interface WordsProps {
  title: string;
  text?: string;
  theme: "dark" | "light";
  children?: ReactNode;
}

/** Why there is nothing to label, and what to do. */
export function NoWork({ session, theme, kept, refresh }: Props) {
  const { t } = useTranslation("label");
  const { phase, project } = session;
  const home = `/projects/${project}`;
  const resting = phase.kind === "resting";
  const reason = phase.kind === "none" ? phase.reason : "";
  const other = phase.kind === "none" ? phase.error?.params.project_id : null;
  const title = resting ? t("resting.title") : noneTitle(reason);
  const text = resting ? t("resting.text") : noneText(reason) || (phase.kind === "none" && phase.error?.message) || "";
  return (
    <Words title={title} text={text} theme={theme}>
      <div className="tl-buttons">
        {reason === "qualification.missing" ? (
          <Link className="te-button te-primary" to={`${home}/learn`}>
            {t("learn")}
          </Link>
        ) : reason === "lease.elsewhere" && typeof other === "string" ? (
          <Link className="te-button te-primary" to={`/projects/${other}/label`} reloadDocument>
            {t("elsewhereOpen")}
          </Link>
        ) : (
          <button type="button" className="te-button te-primary" onClick={() => void session.goOn()}>
            {t(resting ? "resting.go" : "again")}
          </button>
        )}
        <Link className="te-button" to={`${home}/today`}>
          {t("today")}
        </Link>
        <Link className="te-button" to={home}>
          {t("map")}
        </Link>
      </div>
      <DraftsPanel session={session} kept={kept} refresh={refresh} />
    </Words>
  );
}
