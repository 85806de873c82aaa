import { Button, Spin, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useRoles } from "../../api/me";
import { formatDuration, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { metricName, useParamName, valueText } from "./names";
import { type Study, type Trial, useStudies, useStudy, useTrainActions } from "./queries";

/** Studies with their trials: which parameters were tried, what the held-out items said, and one click to train. */
export function Studies({ project }: { project: string }) {
  const { t } = useTranslation("train");
  const studies = useStudies(project);
  const [open, setOpen] = useState<string | null>(null);
  if (!studies.data || studies.data.length === 0) return null;
  return (
    <section style={{ marginTop: 20 }}>
      <h2>{t("studies")}</h2>
      <Table<Study>
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={studies.data}
        expandable={{
          expandedRowKeys: open ? [open] : [],
          onExpand: (expanded, study) => setOpen(expanded ? study.id : null),
          expandedRowRender: (study) => <StudyPanel project={project} id={study.id} />,
        }}
        columns={[
          { title: t("study"), dataIndex: "number", render: (number: number) => `S${number}` },
          { title: t("data"), dataIndex: "dataset_version", render: (number: number) => `v${number}` },
          { key: "state", render: (_, study) => <Tag>{t(`state.${study.state}`)}</Tag> },
          { title: t("trials"), key: "ended", render: (_, study) => `${study.ended} / ${study.trials}` },
          { title: t("varied"), key: "varied", render: (_, study) => <Names names={Object.keys(study.search)} /> },
          {
            title: t("best"),
            key: "best",
            render: (_, study) =>
              study.best?.value === null || study.best?.value === undefined
                ? "–"
                : `${metricName(study.metric)} ${formatNumber(study.best.value, 3)}`,
          },
        ]}
      />
    </section>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const nameOf = useParamName();
  return <span>{names.map(nameOf).join("、")}</span>;
}

function StudyPanel({ project, id }: { project: string; id: string }) {
  const { t } = useTranslation("train");
  const nameOf = useParamName();
  const trains = hasRole(useRoles(project), "trainer", "engineer");
  const found = useStudy(project, id);
  const { cancelStudy, trainWith } = useTrainActions(project);
  if (!found.data) return <Spin />;
  const study = found.data;
  const names = Object.keys(study.search);
  const live = study.state === "queued" || study.state === "running";
  const held = study.held as { items?: number; groups?: number };
  const values = study.records.filter((one) => one.value !== null);
  return (
    <div>
      {study.error && <p className="tg-note tg-note-bad">{String(study.error.message ?? "")}</p>}
      {held.items !== undefined && (
        <p className="tg-muted">
          {t("decidedBy", { metric: metricName(study.metric), items: held.items, groups: held.groups ?? 0 })}
        </p>
      )}
      {values.length > 1 && <Trials study={study.metric} records={values} />}
      <Table<Trial>
        size="small"
        rowKey="number"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={study.records}
        columns={[
          { title: t("trial"), dataIndex: "number", render: (number: number) => number + 1 },
          { key: "state", render: (_, trial) => <Tag>{t(`trialState.${trial.state}`)}</Tag> },
          {
            title: metricName(study.metric),
            dataIndex: "value",
            render: (value: number | null) => (value === null ? "–" : formatNumber(value, 3)),
          },
          ...names.map((name) => ({
            title: nameOf(name),
            key: name,
            render: (_: unknown, trial: Trial) => valueText(trial.params[name]),
          })),
          { title: t("step"), dataIndex: "steps", render: valueText },
          {
            title: t("took"),
            dataIndex: "seconds",
            render: (seconds: number | null) => (seconds === null ? "–" : formatDuration(seconds)),
          },
          {
            key: "train",
            render: (_, trial) =>
              trains && trial.state === "done" ? (
                <Button
                  size="small"
                  type={trial.number === study.best?.number ? "primary" : "default"}
                  onClick={() => trainWith.mutate({ study: id, trial: trial.number })}
                >
                  {t("trainWith")}
                </Button>
              ) : null,
          },
        ]}
      />
      {(trainWith.error || cancelStudy.error) && <ErrorNote error={trainWith.error ?? cancelStudy.error} />}
      {live && trains && (
        <Button size="small" onClick={() => cancelStudy.mutate(id)}>
          {t("cancelStudy")}
        </Button>
      )}
    </div>
  );
}

function Trials({ study, records }: { study: string; records: readonly Trial[] }) {
  const { t } = useTranslation("train");
  const points = (state: Trial["state"]) =>
    records.filter((one) => one.state === state).map((one) => [one.number + 1, one.value]);
  return (
    <Chart
      height={200}
      label={t("trials")}
      option={{
        legend: { top: 0 },
        xAxis: { type: "value", name: t("trial"), minInterval: 1, min: 1 },
        yAxis: { type: "value", name: metricName(study), scale: true },
        grid: { left: 50, right: 50, top: 40, bottom: 30 },
        series: [
          { type: "scatter", name: t("trialState.done"), data: points("done") },
          { type: "scatter", name: t("trialState.pruned"), symbol: "triangle", data: points("pruned") },
        ],
      }}
    />
  );
}
