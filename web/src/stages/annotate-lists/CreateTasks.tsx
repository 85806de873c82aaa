import { Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useBatches } from "../collect/queries";
import { JobRow } from "../projects/JobsPage";
import { useJobs } from "../projects/queries";
import { useTaskActions } from "./queries";

/** Makes tasks for items in use that have none yet. */
export function CreateTasks({ project, onClose }: { project: string; onClose: () => void }) {
  const { t } = useTranslation("tasks");
  const batches = useBatches(project);
  const { create } = useTaskActions(project);
  const jobs = useJobs(project, create.data?.job_id != null);
  const [batch, setBatch] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [overlap, setOverlap] = useState<number | null>(null);
  const [priority, setPriority] = useState(0);
  const job = jobs.data?.find((one) => one.id === create.data?.job_id);
  return (
    <section className="tg-card tg-stack" style={{ marginTop: 12 }}>
      <h2 style={{ margin: 0 }}>{t("create.title")}</h2>
      <span className="tg-muted">{t("create.hint")}</span>
      <div className="tg-row">
        <Select
          value={batch ?? ""}
          style={{ minWidth: 180 }}
          aria-label={t("create.batch")}
          onChange={(value) => setBatch(value || null)}
          options={[
            { value: "", label: t("create.anyBatch") },
            ...(batches.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
        <Input
          value={name}
          maxLength={200}
          style={{ width: 200 }}
          placeholder={t("create.name")}
          aria-label={t("create.name")}
          onChange={(event) => setName(event.target.value)}
        />
        <InputNumber
          min={1}
          max={100}
          value={overlap}
          style={{ width: 190 }}
          placeholder={t("create.overlap")}
          aria-label={t("create.overlap")}
          suffix={t("create.people")}
          onChange={setOverlap}
        />
        <InputNumber
          min={-1000}
          max={1000}
          value={priority}
          prefix={t("priority")}
          style={{ width: 140 }}
          aria-label={t("priority")}
          onChange={(value) => setPriority(value ?? 0)}
        />
        <Button
          type="primary"
          loading={create.isPending}
          onClick={() => create.mutate({ batch_id: batch, q: name.trim() || null, overlap, priority })}
        >
          {t("create.do")}
        </Button>
        <Button onClick={onClose}>{t("close")}</Button>
      </div>
      {create.error && <ErrorNote error={create.error} />}
      {create.data && !job && (
        <div className="tg-note" role="status">
          {create.data.job_id
            ? t("create.background")
            : t("create.made", { count: create.data.created, number: formatNumber(create.data.created) })}
        </div>
      )}
      {job && (
        <ul className="tg-list">
          <JobRow job={job} />
        </ul>
      )}
    </section>
  );
}
