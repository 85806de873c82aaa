import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { FindingCard } from "../quality/FindingCard";
import { type Today, useContest } from "./queries";

/** Findings on one's work with their pictures, rule changes to read, reviews that wait. */
export function Attention({ today, project }: { today: Today; project: string }) {
  const { t } = useTranslation("settle");
  const contest = useContest(project);
  const { findings, rules_to_read: rules, reviews_waiting: reviews } = today;
  const open = findings.filter((one) => one.state === "open").length;
  return (
    <section className="tg-card">
      <h2>{t("today.attention")}</h2>
      {findings.length + rules.length === 0 && !reviews && <p className="tg-muted">{t("today.nothing")}</p>}
      {!!reviews && (
        <p>
          <Link to={`/projects/${project}/review`}>{t("today.reviews", { count: reviews })}</Link>
        </p>
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
