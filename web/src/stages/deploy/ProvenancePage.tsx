import { Spin, Tag } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { components } from "../../api/schema";
import { formatDateTime, formatDuration, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { CaseRow } from "./LoopPage";
import { useWalkBack } from "./queries";
import "../projects/projects.css";
import "./line.css";

type Schemas = components["schemas"];

/** One link of the chain, with the page that shows it whole. */
export function Step({ title, to, children }: { title: string; to?: string; children: ReactNode }) {
  return (
    <li>
      <h2>{to ? <Link to={to}>{title}</Link> : title}</h2>
      {children}
    </li>
  );
}

/** How many people of which level, and by name for those who may see names. */
export function People({ of, label }: { of: Schemas["PeopleOut"]; label: string }) {
  const { t } = useTranslation("line");
  if (of.count === 0) return null;
  const levels = Object.entries(of.by_level)
    .map(([level, count]) => t("walk.level", { level, count }))
    .join("，");
  return (
    <div>
      {label} {t("walk.people", { count: of.count })}
      {levels && `（${levels}）`}
      {of.people.length > 0 && (
        <span className="tg-muted">
          {" "}
          {of.people.map((one) => `${one.name ?? "–"} ${formatNumber(one.answers)}`).join(" · ")}
        </span>
      )}
    </div>
  );
}

/** From a prediction back: who and what stands behind it, link by link. */
export default function ProvenancePage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const { deployment = "", prediction = "" } = useParams();
  const found = useWalkBack(project, prediction);
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
      <h1>{t("walk.backTitle")}</h1>
      <p className="tg-muted">{t("walk.backHint")}</p>
      <ol className="tg-chain">
        <Step
          title={t("walk.prediction", { name: data.prediction.name || data.prediction.id.slice(-8) })}
          to={`${home}/line/${deployment}/predictions/${prediction}`}
        >
          <Tag>{t(`verdict.${data.prediction.verdict}` as "verdict.ok")}</Tag>
          {data.prediction.wrong && (
            <Tag color="red">
              ✗ {t(`reason.${data.prediction.wrong}` as "reason.other", { defaultValue: data.prediction.wrong })}
            </Tag>
          )}
          <span className="tg-muted">
            {formatDateTime(data.prediction.at)} ·{" "}
            {t("walk.marks", { count: data.prediction.marks, threshold: formatNumber(data.prediction.threshold, 2) })} ·
            SHA-256 {data.prediction.input_sha256.slice(0, 12)}
          </span>
        </Step>
        <Step title={data.deployment.name} to={`${home}/line/${data.deployment.id}?view=history`}>
          {data.deployment.change ? (
            <span className="tg-muted">
              {t(`change.${data.deployment.change.kind}` as "change.live", {
                defaultValue: data.deployment.change.kind,
              })}{" "}
              {data.deployment.change.person ?? ""} {formatDateTime(data.deployment.change.at)}{" "}
              {data.deployment.change.reason}
            </span>
          ) : (
            <span className="tg-muted">{t("walk.noChange")}</span>
          )}
        </Step>
        <ModelSteps data={data} home={home} />
        <DataSteps data={data} home={home} />
      </ol>
      {data.case && (
        <>
          <h2>{t("walk.ahead")}</h2>
          <ul className="tg-list">
            <CaseRow project={project} row={data.case} />
          </ul>
        </>
      )}
    </div>
  );
}

function ModelSteps({ data, home }: { data: Schemas["BackOut"]; home: string }) {
  const { t } = useTranslation("line");
  const { model, run } = data;
  if (!model) return <Step title={t("walk.noModel")}>{t("walk.noModelHint")}</Step>;
  return (
    <>
      <Step title={t("walk.model", { number: model.number })} to={`${home}/models`}>
        <div className="tg-muted">
          {formatDateTime(model.made_at)} · {t("threshold")} {formatNumber(model.threshold, 3)} · SHA-256{" "}
          {model.sha256.slice(0, 12)} {model.person ?? ""}
        </div>
        {data.evaluations.map((one) => (
          <div key={one.id}>
            <Link to={`${home}/evaluations/${one.id}`}>{t("walk.evaluation", { number: one.number })}</Link>{" "}
            <Tag>{t(one.passed ? "walk.passed" : "walk.notPassed")}</Tag>
            {one.map50 !== null && `mAP50 ${formatNumber(one.map50, 3)}`}
          </div>
        ))}
      </Step>
      {run ? (
        <Step title={t("walk.run", { number: run.number, recipe: run.recipe })} to={`${home}/models`}>
          <div className="tg-muted">
            {t("walk.seed", { seed: run.seed })} · {t("walk.code", { code: run.code ?? "–" })}
            {run.seconds !== null && ` · ${formatDuration(run.seconds)}`} {run.person ?? ""}
          </div>
        </Step>
      ) : (
        <Step title={t("walk.elsewhere")}>
          <span className="tg-muted">{Object.values(model.origin).map(String).join(" · ")}</span>
        </Step>
      )}
    </>
  );
}

function DataSteps({ data, home }: { data: Schemas["BackOut"]; home: string }) {
  const { t } = useTranslation("line");
  const { dataset, answers } = data;
  if (!dataset || !answers) return null;
  return (
    <>
      <Step title={t("walk.dataset", { number: dataset.number })} to={`${home}/datasets/${dataset.number}`}>
        <div className="tg-muted">
          {t("walk.items", { items: formatNumber(dataset.items), labels: formatNumber(dataset.labels) })} ·{" "}
          {t("walk.manifest", { hash: (dataset.manifest_hash ?? "–").slice(0, 12) })}{" "}
          {dataset.frozen_at && formatDateTime(dataset.frozen_at)}
        </div>
      </Step>
      <Step title={t("walk.answers", { count: answers.answers })} to={`${home}/tasks`}>
        <People of={answers.authors} label={t("walk.authors")} />
        <People of={answers.reviewers} label={t("walk.reviewers")} />
        {answers.imported > 0 && <div className="tg-muted">{t("walk.imported", { count: answers.imported })}</div>}
        {answers.fixed > 0 && <div className="tg-muted">{t("walk.fixed", { count: answers.fixed })}</div>}
      </Step>
      {data.rules.map((rule) => (
        <Step key={rule.id} title={t("walk.rule", { number: rule.number })} to={`${home}/rules/${rule.id}/touched`}>
          <div className="tg-muted">
            {t("walk.underRule", { count: rule.answers })} · {rule.published_at && formatDateTime(rule.published_at)}{" "}
            {rule.person ?? ""} {rule.note}
          </div>
        </Step>
      ))}
      {data.batches.map((batch) => (
        <Step key={batch.id} title={batch.name} to={`${home}/data?batch=${batch.id}`}>
          <div className="tg-muted">
            {t("walk.batch", { count: batch.items })} {batch.licence} {batch.consent}
          </div>
        </Step>
      ))}
    </>
  );
}
