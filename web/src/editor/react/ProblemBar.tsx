import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { Problem } from "../core/checks";
import { selectShape } from "../core/commands/select";
import type { Editor } from "../core/editor";

const SHOWN = 5;

/** What stops the submit, each line leading to its mark. No modal: work goes on behind it. */
export function ProblemBar({ editor, problems }: { editor: Editor; problems: readonly Problem[] }) {
  const { t } = useTranslation("editor");
  if (problems.length === 0) return null;
  // Codes come from the server at run time, so this lookup can't be checked by the compiler.
  const lookup = t as unknown as (key: string, params: Readonly<Record<string, unknown>>) => string;
  const text = ({ code, params }: Problem) =>
    i18next.exists(`editor:problems.${code}`) ? lookup(`problems.${code}`, params) : t("problems.other", { code });
  return (
    <div className="te-problems" role="alert">
      <strong>{t("problems.title")}</strong>
      {problems.slice(0, SHOWN).map((problem) => (
        <button
          key={`${problem.code}${problem.labelId}${JSON.stringify(problem.params)}`}
          type="button"
          className="te-problem"
          onClick={() => problem.labelId && selectShape(editor, problem.labelId)}
        >
          {text(problem)}
        </button>
      ))}
      {problems.length > SHOWN && <span className="te-muted">… {problems.length - SHOWN}</span>}
    </div>
  );
}
