import { Button, Progress, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { toApiError } from "../../api/errors";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useErrorText } from "../../ui/useErrorText";
import { useJobs, useProjectId } from "../projects/queries";
import { ByCost } from "./ByCost";
import { ConfusionTable } from "./ConfusionTable";
import { Calibration, PrecisionRecall, Thresholds } from "./Curves";
import { FigureRow } from "./FigureRow";
import type { Measured, Slice } from "./figures";
import { PictureGrid } from "./PictureGrid";
import { type Detail, useEvaluateActions, useEvaluation } from "./queries";
import { SliceTable } from "./SliceTable";
import { Verdict } from "./Verdict";
import "../projects/projects.css";
import "./evaluate.css";

/** One evaluation: the verdict first, then what it rests on. */
export default function EvaluationPage() {
  const { t } = useTranslation("evaluate");
  const project = useProjectId();
  const { evaluation = "" } = useParams();
  const found = useEvaluation(project, evaluation);
  if (found.error) return <ErrorNote error={found.error} />;
  if (!found.data) return <Spin style={{ margin: 40 }} />;
  const one = found.data;
  return (
    <div className="tg-page">
      <div className="tg-muted">
        <Link to={`/projects/${project}/evaluations`}>{t("title")}</Link>
      </div>
      <h1>{t("heading", { number: one.number, model: one.model })}</h1>
      <p className="tg-muted">
        {t("on", { benchmark: `b${one.benchmark} ${one.benchmark_name}` })}
        {one.items !== null && ` · ${t("measuredOn", { items: formatNumber(one.items) })}`}
        {one.left_out ? ` · ${t("leftOut", { count: one.left_out })}` : ""}
        {one.ended_at && ` · ${formatDateTime(one.ended_at)}`}
      </p>
      {one.error && <Failed error={one.error} />}
      {(one.state === "queued" || one.state === "running") && <Going project={project} one={one} />}
      {one.state === "done" && <Done project={project} one={one} />}
      {one.state === "cancelled" && <p>{t("wasCancelled")}</p>}
    </div>
  );
}

function Failed({ error }: { error: Record<string, unknown> }) {
  const { text } = useErrorText(toApiError(422, error));
  return <div className="tg-note tg-note-bad">{text}</div>;
}

function Going({ project, one }: { project: string; one: Detail }) {
  const { t } = useTranslation("evaluate");
  const jobs = useJobs(project);
  const { cancel } = useEvaluateActions(project);
  const job = jobs.data?.find((each) => each.id === one.job_id);
  const share = job?.total ? job.done / job.total : 0;
  const phase =
    job?.message === "measure" ? "phase.measure" : job?.message === "answer" ? "phase.answer" : "phase.read";
  return (
    <section className="tg-card">
      <div className="tg-row tg-between">
        <span>
          {t(phase)} {job?.total ? `${formatNumber(job.done)} / ${formatNumber(job.total)}` : ""}
          {job?.rate ? ` · ${t("rate", { rate: formatNumber(job.rate, 1) })}` : ""}
        </span>
        <Button size="small" onClick={() => cancel.mutate(one.id)}>
          {t("cancel")}
        </Button>
      </div>
      <Progress percent={Math.round(share * 100)} />
      <p className="tg-muted">{t("goesOn")}</p>
    </section>
  );
}

function Done({ project, one }: { project: string; one: Detail }) {
  const { t } = useTranslation("evaluate");
  const measured = one.detail as unknown as Measured;
  const slices = one.slices as unknown as Slice[];
  const metrics = Object.keys(one.metrics).filter((id) => id !== "ece");
  const base = `/projects/${project}/evaluations/${one.id}/pictures`;
  const shared = { project, slices, metrics, base, measured };
  return (
    <>
      <Verdict project={project} found={one} />
      <FigureRow found={one} base={base} />
      <section className="tg-section">
        <h2>{t("byClass")}</h2>
        <SliceTable {...shared} kinds={["class"]} />
      </section>
      <div className="tg-two">
        <section className="tg-section">
          <h2>{t("prCurve")}</h2>
          <PrecisionRecall project={project} measured={measured} />
        </section>
        <section className="tg-section">
          <h2>{t("thresholdCurve")}</h2>
          <Thresholds measured={measured} />
        </section>
      </div>
      <section className="tg-section" id="cost">
        <h2>{t("byCost")}</h2>
        <ByCost project={project} found={one} />
      </section>
      <section className="tg-section">
        <h2>{t("confusion")}</h2>
        <p className="tg-muted">{t("confusionHint")}</p>
        <ConfusionTable project={project} measured={measured} base={base} />
      </section>
      <section className="tg-section">
        <h2>{t("slices")}</h2>
        <p className="tg-muted">{t("slicesHint")}</p>
        <SliceTable {...shared} kinds={["size", "brightness", "source"]} />
      </section>
      {one.worst.length > 0 && (
        <section className="tg-section">
          <h2>{t("worst")}</h2>
          <PictureGrid project={project} evaluation={one.id} pictures={one.worst.slice(0, 24)} />
          <Link to={base}>{t("allPictures")}</Link>
        </section>
      )}
      <section className="tg-section">
        <h2>{t("calibration")}</h2>
        <Calibration measured={measured} />
      </section>
      {measured.left_out.length > 0 && (
        <section className="tg-section">
          <h2>{t("leftOutTitle")}</h2>
          <ul className="tg-list">
            {measured.left_out.slice(0, 200).map((item) => (
              <li key={item.item}>
                {item.name} · {item.reason === "missing" ? t("bytesGone") : item.reason}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
