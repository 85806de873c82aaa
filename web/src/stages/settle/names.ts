import { useTranslation } from "react-i18next";

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
