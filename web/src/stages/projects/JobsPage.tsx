import { Button, Progress, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { toApiError } from "../../api/errors";
import { formatDateTime, formatDuration, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useErrorText } from "../../ui/useErrorText";
import { useJobs, useProjectActions, useProjectId } from "./queries";
import "./projects.css";

type Job = NonNullable<ReturnType<typeof useJobs>["data"]>[number];

/** Long work: how far, how fast, how long still; cancel; what went wrong in words. Goes on when the page is closed. */
export default function JobsPage() {
  const { t } = useTranslation("projects");
  const project = useProjectId();
  const jobs = useJobs(project);
  const { cancelJob } = useProjectActions(project);
  if (jobs.isPending) return <Spin style={{ margin: 40 }} />;
  return (
    <div className="tg-page">
      <h1>{t("jobs.title")}</h1>
      {jobs.error && <ErrorNote error={jobs.error} />}
      {jobs.data?.length === 0 && <EmptyState title={t("jobs.none")} hint={t("jobs.noneHint")} />}
      <ul className="tg-list">
        {(jobs.data ?? []).map((job) => (
          <JobRow key={job.id} job={job} onCancel={() => cancelJob.mutate(job.id)} />
        ))}
      </ul>
    </div>
  );
}

export function JobRow({ job, onCancel }: { job: Job; onCancel?: () => void }) {
  const { t } = useTranslation("projects");
  const live = job.state === "running" || job.state === "queued";
  const left = job.rate && job.total ? (job.total - job.done) / job.rate : null;
  return (
    <li>
      <div className="tg-row">
        <strong>{t(`job.${job.kind}` as "job.train", { defaultValue: job.kind })}</strong> {job.title}
        <span className="tg-muted">{t(`jobs.state.${job.state}`)}</span>
        <span className="tg-muted">{formatDateTime(job.created_at)}</span>
        {live && onCancel && (
          <Button size="small" onClick={onCancel}>
            {t("jobs.cancel")}
          </Button>
        )}
      </div>
      {live && (
        <div className="tg-row">
          {job.total ? (
            <Progress percent={Math.floor((100 * job.done) / job.total)} style={{ maxWidth: 320 }} size="small" />
          ) : null}
          <span className="tg-muted">
            {job.total
              ? `${formatNumber(job.done)} / ${formatNumber(job.total)}`
              : job.done > 0
                ? formatNumber(job.done)
                : ""}
            {job.rate ? ` · ${formatNumber(job.rate, 1)}/s` : ""}
            {left !== null ? ` · ${t("jobs.left", { time: formatDuration(left) })}` : ""}{" "}
            {job.message && t(`jobs.phase.${job.message}` as "jobs.phase.read", { defaultValue: job.message })}
          </span>
        </div>
      )}
      {job.error && <JobError error={job.error} />}
    </li>
  );
}

function JobError({ error }: { error: Record<string, unknown> }) {
  const { text } = useErrorText(toApiError(422, error));
  return <div className="tg-note tg-note-bad">{text}</div>;
}
