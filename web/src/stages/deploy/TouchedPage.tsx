import { Spin, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { People, Step } from "./ProvenancePage";
import { useWalkForward } from "./queries";
import "../projects/projects.css";
import "./line.css";

/** From a rule version forward: all that it touched, up to the line. */
export default function TouchedPage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const { rule = "" } = useParams();
  const found = useWalkForward(project, rule);
  if (found.isPending) return <Spin style={{ margin: 40 }} />;
  if (!found.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={found.error} onRetry={() => found.refetch()} />
      </div>
    );
  }
  const data = found.data;
  const home = `/projects/${project}`;
  return (
    <div className="tg-page">
      <h1>{t("walk.forwardTitle", { number: data.rule.number })}</h1>
      <p className="tg-muted">
        {data.rule.published_at && formatDateTime(data.rule.published_at)} {data.rule.person ?? ""} {data.rule.note} ·{" "}
        {data.rule.classes.join("、")}
      </p>
      <ol className="tg-chain">
        <Step title={t("walk.answers", { count: data.under_rule.answers })} to={`${home}/tasks`}>
          <div>
            {t("walk.accepted", { count: data.under_rule.accepted })} ·{" "}
            {t("walk.openTasks", { count: data.under_rule.open_tasks })}
          </div>
          <People of={data.under_rule.people} label={t("walk.authors")} />
        </Step>
        <Step title={t("walk.datasets", { count: data.datasets.length })} to={`${home}/datasets`}>
          {data.datasets.map((one) => (
            <div key={one.id}>
              <Link to={`${home}/datasets/${one.number}`}>v{one.number}</Link>{" "}
              {t("walk.ofItems", { count: one.under_rule, items: formatNumber(one.items) })}
            </div>
          ))}
        </Step>
        <Step title={t("walk.runs", { count: data.runs.length })} to={`${home}/models`}>
          {data.runs.map((one) => (
            <div key={one.id}>
              #{one.number} {one.recipe} · v{one.dataset_version}
            </div>
          ))}
        </Step>
        <Step title={t("walk.models", { count: data.models.length })} to={`${home}/models`}>
          {data.models.map((one) => (
            <div key={one.id}>
              m{one.number} · v{one.dataset_version}
              {one.map50 !== null && ` · mAP50 ${formatNumber(one.map50, 3)}`}
            </div>
          ))}
        </Step>
        <Step title={t("walk.evaluations", { count: data.evaluations.length })} to={`${home}/evaluations`}>
          {data.evaluations.map((one) => (
            <div key={one.id}>
              <Link to={`${home}/evaluations/${one.id}`}>{t("walk.evaluation", { number: one.number })}</Link> m
              {one.model} <Tag>{t(one.passed ? "walk.passed" : "walk.notPassed")}</Tag>
            </div>
          ))}
        </Step>
        <Step title={t("walk.deployments", { count: data.deployments.length })} to={`${home}/line`}>
          {data.deployments.map((one) => (
            <div key={`${one.id}${one.model}`}>
              <Link to={`${home}/line/${one.id}`}>{one.name}</Link> m{one.model}{" "}
              <Tag>{t(one.live ? "walk.liveNow" : "walk.liveBefore")}</Tag>
              {t("ofAnswers", { count: one.predictions })}
            </div>
          ))}
        </Step>
      </ol>
    </div>
  );
}
