import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { toApiError } from "../../api/errors";
import { formatDateTime, formatDuration, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useErrorText } from "../../ui/useErrorText";
import { useJobs } from "../projects/queries";
import { type Batch, useDataActions } from "./queries";

type Job = NonNullable<ReturnType<typeof useJobs>["data"]>[number];
const COUNTS = ["items", "known", "refused", "labelled", "nothing", "ungrouped"] as const;

/** Imports with how far they are; cancelled and failed ones go on from where they were. */
export function BatchList({ project, lead, batches }: { project: string; lead: boolean; batches: readonly Batch[] }) {
  const jobs = useJobs(project, lead);
  const { move } = useDataActions(project);
  return (
    <>
      {move.error && <ErrorNote error={move.error} />}
      <ul className="tg-list tg-card tg-batches">
        {batches.map((batch) => (
          <BatchRow
            key={batch.id}
            batch={batch}
            job={jobs.data?.find((one) => one.id === batch.job_id)}
            onMove={lead ? (to) => move.mutate({ batch: batch.id, to }) : undefined}
          />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  batch: Batch;
  job: Job | undefined;
  onMove: ((to: "cancel" | "resume" | "read") => void) | undefined;
}

function BatchRow({ batch, job, onMove }: RowProps) {
  const { t } = useTranslation("collect");
  const moving = ["queued", "reading", "checking"].includes(batch.state);
  const number = (key: string) => Number(batch.counts[key] ?? 0);
  const labels = Object.entries((batch.counts.labels ?? {}) as Record<string, number>);
  return (
    <li>
      <div className="tg-row">
        <strong>{batch.name}</strong>
        <span className={`tg-pill ${PILL[batch.state]}`} style={{ alignSelf: "center" }}>
          {t(`batchState.${batch.state}`)}
        </span>
        <span className="tg-muted">
          {t(`source.${batch.source}`)} · {t(`mode.${batch.mode}`)} · {t("formatIs", { format: batch.format })} ·{" "}
          {formatDateTime(batch.created_at)}
        </span>
        <span style={{ flex: 1 }} />
        {onMove && moving && (
          <Button size="small" onClick={() => onMove("cancel")}>
            {t("batch.cancel")}
          </Button>
        )}
        {onMove && (batch.state === "failed" || batch.state === "cancelled") && (
          <Button size="small" type="primary" onClick={() => onMove("resume")}>
            {t("batch.resume")}
          </Button>
        )}
        {onMove && batch.state === "done" && number("unread") > 0 && (
          <Button size="small" onClick={() => onMove("read")}>
            {t("batch.read")}
          </Button>
        )}
      </div>
      {moving && job && <Going job={job} />}
      <div className="tg-row tg-muted">
        {COUNTS.filter((key) => key === "items" || number(key) > 0).map((key) => (
          <Link key={key} to={key === "refused" ? `?view=refused&batch=${batch.id}` : `?batch=${batch.id}`}>
            {t(`count.${key}`, { number: formatNumber(number(key)) })}
          </Link>
        ))}
        {labels.map(([kind, count]) => (
          <span key={kind}>{t("count.labels", { kind, number: formatNumber(count) })}</span>
        ))}
      </div>
      <div className="tg-muted">
        {[
          batch.licence && t("has.licence", { text: batch.licence }),
          batch.consent && t("has.consent", { text: batch.consent }),
          batch.provenance,
        ]
          .filter(Boolean)
          .join(" · ")}
      </div>
      {batch.error && <BatchError error={batch.error} />}
    </li>
  );
}

const PILL: Record<Batch["state"], string> = {
  queued: "tg-pill-closed",
  reading: "tg-pill-working",
  checking: "tg-pill-working",
  done: "tg-pill-open",
  failed: "tg-pill-reclosed",
  cancelled: "tg-pill-closed",
};

function Going({ job }: { job: Job }) {
  const { t } = useTranslation("projects");
  const left = job.rate && job.total ? (job.total - job.done) / job.rate : null;
  return (
    <div className="tg-row">
      {job.total ? (
        <Progress percent={Math.floor((100 * job.done) / job.total)} style={{ width: 280 }} size="small" />
      ) : null}
      <span className="tg-muted">
        {formatNumber(job.done)}
        {job.total ? ` / ${formatNumber(job.total)}` : ""}
        {job.rate ? ` · ${formatNumber(job.rate, 1)}/s` : ""}
        {left !== null ? ` · ${t("jobs.left", { time: formatDuration(left) })}` : ""}
      </span>
    </div>
  );
}

function BatchError({ error }: { error: Record<string, unknown> }) {
  const { text } = useErrorText(toApiError(422, error));
  return <div className="tg-note tg-note-bad">{text}</div>;
}
