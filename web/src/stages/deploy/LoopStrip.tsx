import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "../../i18n/format";
import { useLoopCounts } from "./queries";
import "./line.css";

const STEPS = ["waiting", "task", "accepted", "frozen", "trained", "evaluated", "deployed"] as const;

/** The loop with real counts: how many cases have come at least so far. Hidden while nothing has come back. */
export function LoopStrip({ project, deployment }: { project: string; deployment?: string }) {
  const { t } = useTranslation("line");
  const counts = useLoopCounts(project, deployment);
  if (!counts.data || counts.data.total === 0) return null;
  const { reached, now, total, wrong, sampled, closed, measures } = counts.data;
  return (
    <section className="tg-card tg-loop" aria-label={t("loop.title")}>
      <div className="tg-row">
        <h2>{t("loop.title")}</h2>
        <span className="tg-muted">
          {t("loop.from", { wrong: formatNumber(wrong), sampled: formatNumber(sampled), total: formatNumber(total) })}
          {closed > 0 && ` · ${t("loop.closed", { count: closed })}`}
          {measures > 0 && ` · ${t("loop.measures", { count: measures })}`}
        </span>
      </div>
      <ol className="tg-loop-steps">
        {STEPS.map((step) => (
          <li key={step}>
            <Link to={`/projects/${project}/loop?state=${step}`}>
              <strong>{formatNumber(reached[step] ?? 0)}</strong> {t(`loop.step.${step}`)}
            </Link>
            {(now[step] ?? 0) > 0 && <small className="tg-muted">{t("loop.here", { count: now[step] ?? 0 })}</small>}
          </li>
        ))}
      </ol>
    </section>
  );
}
