import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { useChampion } from "./queries";

/** Who is champion, by what right, and who was before. */
export function Champion({ project }: { project: string }) {
  const { t } = useTranslation("evaluate");
  const found = useChampion(project);
  if (!found.data) return null;
  const { champion, history } = found.data;
  if (!champion) return <p className="tg-muted">{t("noChampion")}</p>;
  return (
    <section className="tg-card tg-champion">
      <div>
        <span className="tg-muted">{t("championNow")}</span> <strong>m{champion.model}</strong>{" "}
        {champion.evaluation_id && (
          <Link to={`/projects/${project}/evaluations/${champion.evaluation_id}`}>#{champion.evaluation}</Link>
        )}
      </div>
      <div className="tg-muted">
        {t(champion.passed ? "byVerdict" : "byDecision", {
          person: champion.person,
          at: formatDateTime(champion.since),
          reason: champion.reason,
        })}
      </div>
      {history.length > 1 && (
        <details>
          <summary>{t("before", { count: history.length - 1 })}</summary>
          <ul className="tg-list">
            {history.slice(1).map((one) => (
              <li key={one.since}>
                m{one.model} · {formatDateTime(one.since)} · {one.person}
                {one.reason && ` · ${one.reason}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
