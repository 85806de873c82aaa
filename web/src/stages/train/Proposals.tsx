import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../../i18n/format";
import { type Model, usePrelabelStats } from "./queries";

/** What people made of a model's proposals: kept, corrected, thrown away, and boxes drawn beside them. */
export function Proposals({ project, models }: { project: string; models: readonly Model[] }) {
  const { t } = useTranslation("train");
  const stats = usePrelabelStats(project);
  if (!stats.data || stats.data.length === 0) return null;
  return (
    <section style={{ marginTop: 20 }}>
      <h2>{t("proposals")}</h2>
      <ul className="tg-list">
        {stats.data.map((row) => {
          const model = models.find((one) => one.id === row.model_version_id);
          const proposed = row.kept + row.corrected + row.thrown;
          return (
            <li key={row.model_version_id ?? "import"}>
              <strong>{model ? `m${model.number}` : t("imported")}</strong>{" "}
              {t("outcome", {
                kept: formatNumber(row.kept),
                share: proposed ? formatPercent(row.kept / proposed, 0) : "–",
                corrected: formatNumber(row.corrected),
                thrown: formatNumber(row.thrown),
                drawn: formatNumber(row.drawn),
                answers: formatNumber(row.answers),
              })}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
