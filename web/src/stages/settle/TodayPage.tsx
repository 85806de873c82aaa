import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { currentLanguage } from "../../i18n";
import { formatFen, formatNumber, formatPercent } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { Attention } from "./Attention";
import { NextLevel } from "./NextLevel";
import { useNames } from "./names";
import { type Today, useToday } from "./queries";
import "../projects/projects.css";
import "./settle.css";

/** The page of a person who works; a phone is enough for it. */
export default function TodayPage() {
  const { t } = useTranslation("settle");
  const { t: shell } = useTranslation("shell");
  const project = useProjectId();
  const today = useToday(project);
  if (today.isPending) return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("loading")} />;
  if (!today.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={today.error} onRetry={() => today.refetch()} />
      </div>
    );
  }
  const { date, project: name, rule_version: rules, level } = today.data;
  const day = new Intl.DateTimeFormat(currentLanguage() === "zh" ? "zh-CN" : "en-GB", {
    month: "long",
    day: "numeric",
  });
  return (
    <div className="tg-page tg-today">
      <header className="tg-row tg-between">
        <div>
          <h1>{t("today.title", { date: day.format(new Date(`${date}T12:00:00`)) })}</h1>
          <div className="tg-muted">
            {name} · {rules ? t("today.rules", { version: rules }) : t("today.noRules")}
          </div>
        </div>
        <span className="tg-muted">{shell(`level.${level.level}` as "level.1")}</span>
      </header>
      <div className="tg-today-columns">
        <div className="tg-stack">
          <Figures today={today.data} project={project} />
          <Start today={today.data} project={project} />
          <NextLevel level={level} />
        </div>
        <Attention today={today.data} project={project} />
      </div>
    </div>
  );
}

function Figures({ today, project }: { today: Today; project: string }) {
  const { t } = useTranslation("settle");
  const names = useNames();
  const { pay, quality, units } = today;
  const shown = units.length > 0 ? units : [{ unit: "box", today: "0", month: "0" }];
  return (
    <section className="tg-card">
      <div className="tg-today-figures">
        <div>
          <div className="tg-muted">{t("today.accepted")}</div>
          {shown.map((row) => (
            <div key={row.unit}>
              <strong>{formatNumber(Number(row.today))}</strong> {names.unit(row.unit)}
            </div>
          ))}
        </div>
        <div>
          <div className="tg-muted">{t("today.pay")}</div>
          <strong>{pay.today_fen === null ? "–" : formatFen(pay.today_fen)}</strong>
        </div>
        <div>
          <div className="tg-muted">{t("today.quality")}</div>
          <strong>{quality.share === null ? "–" : formatPercent(quality.share)}</strong>
          <div className="tg-muted tg-small">
            {quality.share === null
              ? t("today.noQuality")
              : t("today.interval", {
                  low: formatPercent(quality.low),
                  high: formatPercent(quality.high),
                  n: quality.whole,
                })}
          </div>
        </div>
      </div>
      {pay.base_fen !== null && (
        <div className="tg-row tg-today-month">
          {t("today.month", { base: formatFen(pay.base_fen), beyond: formatFen(pay.beyond_fen ?? 0) })}
          <span aria-hidden="true">·</span>
          <Link to={`/projects/${project}/today/work`}>{t("today.each")}</Link>
        </div>
      )}
      <PayLine pay={pay} />
    </section>
  );
}

function PayLine({ pay }: { pay: Today["pay"] }) {
  const { t } = useTranslation("settle");
  const names = useNames();
  if (pay.problem) return <p className="tg-note">{t("today.noPay", { problem: pay.problem })}</p>;
  const quota = formatNumber(Number(pay.quota_units ?? 0));
  if (pay.accepted_share === null) return <p className="tg-muted tg-small">{t("today.estimateEmpty", { quota })}</p>;
  const pieces = pay.lines.filter((line) => line.kind === "line");
  return (
    <div className="tg-muted tg-small">
      <p>
        {t("today.estimate", {
          base: formatFen(pay.base_fen ?? 0),
          quota,
          used: formatNumber(Number(pay.units_in_quota ?? 0)),
          share: formatPercent(Number(pay.accepted_share)),
          coefficient: pay.coefficient,
        })}
      </p>
      {pieces.map((line) => (
        <div key={`${line.unit}${line.difficulty}${line.outcome}`} className="tg-row tg-between tg-flat">
          <span>
            {t("today.line", {
              quantity: formatNumber(Number(line.quantity)),
              unit: `${names.unit(line.unit)} (${names.difficulty(line.difficulty)})`,
              rate: line.rate,
              coefficient: line.coefficient,
            })}
          </span>
          <span>{formatFen(line.amount_fen)}</span>
        </div>
      ))}
    </div>
  );
}

/** The one primary action, with what comes next and why. */
function Start({ today, project }: { today: Today; project: string }) {
  const { t } = useTranslation("settle");
  const { next } = today;
  const why = t(`today.next.${next.code}`, { item: next.item ?? "", batch: next.batch ?? "" });
  const study = next.code === "not_qualified";
  const able = study || ["held", "rework", "priority", "queue"].includes(next.code);
  const word = study ? t("today.learn") : next.code === "held" ? t("today.continue") : t("today.start");
  if (!able) return <div className="tg-note">{why}</div>;
  return (
    <div>
      <Link to={`/projects/${project}/${study ? "learn" : "label"}`}>
        <Button type="primary" size="large" block className="tg-start">
          <span>{word}</span> <span className="tg-start-why">{why}</span>
        </Button>
      </Link>
      {next.waiting > 0 && <div className="tg-muted tg-small">{t("today.waitingRework", { count: next.waiting })}</div>}
    </div>
  );
}
