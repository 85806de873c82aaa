import { useTranslation } from "react-i18next";
import { useRules } from "../quality/queries";

/** The rule version that was in force when a version was frozen. */
export function RuleName({ project, id }: { project: string; id: string | null }) {
  const { t } = useTranslation("datasets");
  const rules = useRules(id ? project : "", id ?? undefined);
  if (!rules.data) return <>–</>;
  return <>{t("ruleShort", { number: `${rules.data.major}.${rules.data.minor}` })}</>;
}
