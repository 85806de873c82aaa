import { Button, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatBytes, formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { JobRow } from "../projects/JobsPage";
import { useJobs, useProjectActions, useProjectId } from "../projects/queries";
import { Compare } from "./Compare";
import { figures } from "./names";
import { Proposals } from "./Proposals";
import { type Model, type Run, useModels, useRuns, useTrainActions } from "./queries";
import { RegisterForm } from "./RegisterForm";
import { RunPanel } from "./RunPanel";
import { Studies } from "./Studies";
import { TrainForm } from "./TrainForm";
import "../projects/projects.css";
import "./train.css";

/** Trainings and models: one button turns a frozen version into a detector; its labels become proposals. */
export default function ModelsPage() {
  const { t } = useTranslation("train");
  const project = useProjectId();
  const roles = useRoles(project);
  const runs = useRuns(project);
  const models = useModels(project);
  const jobs = useJobs(project);
  const { cancelJob } = useProjectActions(project);
  const { prelabel } = useTrainActions(project);
  const [open, setOpen] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const trains = hasRole(roles, "trainer", "engineer");
  const live = (jobs.data ?? []).filter(
    (job) =>
      (job.kind === "train" || job.kind === "study" || job.kind === "prelabel") &&
      (job.state === "running" || job.state === "queued"),
  );

  return (
    <div className="tg-page">
      <h1>{t("title")}</h1>
      {runs.error && <ErrorNote error={runs.error} />}
      {trains && <TrainForm project={project} />}
      {trains && <RegisterForm project={project} />}
      <ul className="tg-list">
        {live.map((job) => (
          <JobRow key={job.id} job={job} onCancel={() => cancelJob.mutate(job.id)} />
        ))}
      </ul>
      {runs.data?.length === 0 && <EmptyState title={t("none")} hint={t("noneHint")} />}
      {runs.data && runs.data.length > 0 && (
        <Table<Run>
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={runs.data}
          rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys.map(String).slice(0, 12)) }}
          expandable={{
            expandedRowKeys: open ? [open] : [],
            onExpand: (expanded, run) => setOpen(expanded ? run.id : null),
            expandedRowRender: (run) => <RunPanel project={project} run={run.id} />,
          }}
          columns={[
            { title: t("run"), dataIndex: "number", render: (number: number) => `#${number}` },
            { title: t("data"), dataIndex: "dataset_version", render: (number: number) => `v${number}` },
            {
              title: t("recipe"),
              dataIndex: "recipe",
              render: (id: string) => t(`recipes.${id}` as "recipes.detection", { defaultValue: id }),
            },
            { key: "state", render: (_, run) => <Tag>{t(`state.${run.state}`)}</Tag> },
            { title: t("figures"), key: "figures", render: (_, run) => figures(run.metrics) },
            { title: t("model"), dataIndex: "model", render: (model: number | null) => (model ? `m${model}` : "–") },
            { title: t("begun"), dataIndex: "created_at", render: formatDateTime },
          ]}
        />
      )}
      {(runs.data?.length ?? 0) > 1 && chosen.length < 2 && <p className="tg-muted">{t("compareHint")}</p>}
      {chosen.length > 1 && <Compare project={project} ids={chosen} />}
      <Studies project={project} />
      {models.data && models.data.length > 0 && (
        <section style={{ marginTop: 20 }}>
          <h2>{t("models")}</h2>
          {prelabel.error && <ErrorNote error={prelabel.error} />}
          <Table<Model>
            size="small"
            rowKey="id"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={models.data}
            columns={[
              {
                title: t("model"),
                key: "number",
                render: (_, model) => <Link to={`/projects/${project}/models/${model.id}`}>m{model.number}</Link>,
              },
              {
                title: t("run"),
                dataIndex: "run",
                render: (number: number | null) => (number === null ? t("elsewhere") : `#${number}`),
              },
              {
                title: t("data"),
                dataIndex: "dataset_version",
                render: (number: number | null) => (number === null ? "–" : `v${number}`),
              },
              { title: t("figures"), key: "figures", render: (_, model) => figures(model.metrics) },
              { title: t("threshold"), dataIndex: "threshold", render: (value: number) => formatNumber(value, 3) },
              {
                key: "download",
                render: (_, model) => (model.url ? <a href={model.url}>{`ONNX ${formatBytes(model.size)}`}</a> : null),
              },
              {
                key: "evaluate",
                render: (_, model) => (
                  <Link to={`/projects/${project}/evaluations?model=${model.number}`}>{t("evaluate")}</Link>
                ),
              },
              {
                key: "line",
                render: (_, model) => <Link to={`/projects/${project}/line?model=${model.id}`}>{t("toLine")}</Link>,
              },
              {
                key: "prelabel",
                render: (_, model) =>
                  hasRole(roles, "trainer", "manager") ? (
                    <Button size="small" onClick={() => prelabel.mutate(model.id)}>
                      {t("prelabel")}
                    </Button>
                  ) : null,
              },
            ]}
          />
          <p className="tg-muted">{t("prelabelHint")}</p>
        </section>
      )}
      <Proposals project={project} models={models.data ?? []} />
    </div>
  );
}
