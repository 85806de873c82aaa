import { useTranslation } from "react-i18next";
import type { Line } from "./queries";

interface Names {
  unit(key: string): string;
  outcome(key: string): string;
  difficulty(key: string): string;
}

/** Words for units, verdicts and difficulties; a project's own difficulty is shown as it is written. */
export function useNames(): Names {
  const { t } = useTranslation("settle");
  return {
    unit: (key) => t(`unit.${key}` as "unit.box", { defaultValue: key }),
    outcome: (key) => t(`outcome.${key}` as "outcome.accepted", { defaultValue: key }),
    difficulty: (key) => t(`difficulty.${key}` as "difficulty.normal", { defaultValue: key }),
  };
}

/** A line of a payslip in words. */
export function useLineTitle(): (line: Line) => string {
  const { t } = useTranslation("settle");
  const names = useNames();
  return (line) => {
    if (line.kind === "base") return t("pay.baseLine");
    if (line.kind === "correction") return t("pay.correctionLine");
    return [names.unit(line.unit), names.difficulty(line.difficulty), names.outcome(line.outcome)].join(" · ");
  };
}
