import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatDateTime, formatFen } from "../../i18n/format";
import { FindingCard } from "../quality/FindingCard";
import { type Today, useContest } from "./queries";

/** Findings on one's work with their pictures, rule changes to read, reviews that wait. */
export function Attention({ today, project }: { today: Today; project: string }) {
  const { t } = useTranslation("settle");
  const contest = useContest(project);
  const { findings, rules_to_read: rules, reviews_waiting: reviews, last_slip: slip, appeals } = today;
  const open = findings.filter((one) => one.state === "open").length;
  return (
    <section className="tg-card">
      <h2>{t("today.attention")}</h2>
      {findings.length + rules.length === 0 && !reviews && !slip && appeals.to_answer === 0 && (
        <p className="tg-muted">{t("today.nothing")}</p>
      )}
      {!!reviews && (
        <p>
          <Link to={`/projects/${project}/review`}>{t("today.reviews", { count: reviews })}</Link>
        </p>
      )}
      {appeals.to_answer > 0 && (
        <p>
          <Link to={`/projects/${project}/pay#appeals`}>
            {t("today.toAnswer", { count: appeals.to_answer })}
            {appeals.overdue > 0 && ` · ${t("today.overdue", { count: appeals.overdue })}`}
          </Link>
        </p>
      )}
      {slip && (
        <div className="tg-look">
          <span className="tg-mark tg-mark-info" aria-hidden="true">
            ¥
          </span>
          <div>
            <Link to={`/projects/${project}/pay?period=${slip.period_id}`}>
              {t("today.lastSlip", { number: slip.number, total: formatFen(slip.total_fen) })}
            </Link>
            <div className="tg-muted tg-small">
              {appeals.own > 0
                ? t("today.ownAppeals", { count: appeals.own })
                : t("appeal.until", { when: formatDateTime(slip.appeal_until) })}
            </div>
          </div>
        </div>
      )}
      {rules.map((rule) => (
        <div key={rule.id} className="tg-look">
          <span className="tg-mark tg-mark-info" aria-hidden="true">
            i
          </span>
          <div>
            <Link to={`/projects/${project}/${rule.major ? "learn" : "rules"}`}>
              {t("today.rule", { number: rule.number, note: rule.note || t("today.ruleNoNote") })}
            </Link>
            <div className="tg-muted tg-small">{rule.major ? t("today.ruleMajor") : t("today.ruleMinor")}</div>
          </div>
        </div>
      ))}
      {findings.length > 0 && (
        <div className="tg-look">
          <span className="tg-mark tg-mark-warn" aria-hidden="true">
            !
          </span>
          <div>
            {t("today.findings", { count: open || findings.length })}
            <div className="tg-muted tg-small">{t("today.findingsHint")}</div>
          </div>
        </div>
      )}
      {findings.map((finding) => (
        <FindingCard
          key={finding.id}
          project={project}
          finding={finding}
          onContest={(text) => contest.mutateAsync({ finding: finding.id, text })}
        />
      ))}
    </section>
  );
}
