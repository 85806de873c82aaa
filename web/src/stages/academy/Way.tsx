import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "../../i18n/format";
import type { Standing } from "./queries";

/** Four steps to work, and which one is next. */
export function Way({ project, standing }: { project: string; standing: Standing }) {
  const { t } = useTranslation("academy");
  const practised = standing.practice_answered >= standing.practice_needed;
  const steps = [
    { id: "lesson", done: standing.lesson_read, note: "" },
    {
      id: "practice",
      done: practised || standing.qualified,
      note: `${formatNumber(Math.min(standing.practice_answered, standing.practice_needed))} / ${formatNumber(standing.practice_needed)}`,
    },
    { id: "exam", done: standing.qualified, note: "" },
    { id: "work", done: false, note: "" },
  ] as const;
  const next = standing.qualified ? "work" : (steps.find((step) => !step.done)?.id ?? "work");
  return (
    <ol className="tg-way">
      {steps.map((step) => (
        <li key={step.id} aria-current={step.id === next ? "step" : undefined} data-done={step.done}>
          <span aria-hidden="true">{step.done ? "✓" : step.id === next ? "→" : "○"}</span>{" "}
          {step.id === "work" && standing.qualified ? (
            <Link to={`/projects/${project}/label`}>{t("step.start")}</Link>
          ) : (
            t(`step.${step.id}`)
          )}{" "}
          <span className="tg-muted">{step.note}</span>
        </li>
      ))}
    </ol>
  );
}
