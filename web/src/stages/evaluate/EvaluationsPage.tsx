import { Button, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { JobRow } from "../projects/JobsPage";
import { useJobs, useProjectActions, useProjectId } from "../projects/queries";
import { figure } from "../train/names";
import { Benchmarks } from "./Benchmarks";
import { Champion } from "./Champion";
import { type Interval, signedInterval } from "./figures";
import { type Evaluation, useBenchmarks, useEvaluations } from "./queries";
import { StartForm } from "./StartForm";
import "../projects/projects.css";
import "./evaluate.css";

/** Gate four: who is champion, what models are judged on, and every verdict so far. */
export default function EvaluationsPage() {
  const { t } = useTranslation("evaluate");
  const project = useProjectId();
  const roles = useRoles(project);
  const found = useEvaluations(project);
  const benchmarks = useBenchmarks(project);
  const jobs = useJobs(project);
  const { cancelJob } = useProjectActions(project);
  const [chosen, setChosen] = useState<string[]>([]);
  const makes = hasRole(roles, "manager", "trainer", "engineer");
  const live = (jobs.data ?? []).filter(
    (job) => job.kind === "evaluate" && (job.state === "running" || job.state === "queued"),
  );
  const [first, second] = chosen;
  return (
    <div className="tg-page">
      <h1>{t("title")}</h1>
      {found.error && <ErrorNote error={found.error} />}
      <Champion project={project} />
      {makes && benchmarks.data && benchmarks.data.length > 0 && (
        <StartForm project={project} benchmarks={benchmarks.data} />
      )}
      <ul className="tg-list">
        {live.map((job) => (
          <JobRow key={job.id} job={job} onCancel={() => cancelJob.mutate(job.id)} />
        ))}
      </ul>
      {found.data?.length === 0 && <EmptyState title={t("none")} hint={t("noneHint")} />}
      {found.data && found.data.length > 0 && (
        <>
          <Table<Evaluation>
            size="small"
            rowKey="id"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={found.data}
            {...(makes
              ? {
                  rowSelection: {
                    selectedRowKeys: chosen,
                    hideSelectAll: true,
                    onChange: (keys) => setChosen(keys.map(String).slice(-2)),
                    getCheckboxProps: (one) => ({ disabled: one.state !== "done" }),
                  },
                }
              : {})}
            columns={[
              {
                title: t("evaluation"),
                key: "number",
                render: (_, one) => <Link to={one.id}>#{one.number}</Link>,
              },
              { title: t("verdictTitle"), key: "verdict", render: (_, one) => <Outcome one={one} /> },
              {
                title: t("model"),
                key: "model",
                render: (_, one) => (one.champion ? `m${one.model} ↔ m${one.champion}` : `m${one.model}`),
              },
              {
                title: t("benchmark"),
                key: "benchmark",
                render: (_, one) => `b${one.benchmark} ${one.benchmark_name}`,
              },
              { title: "mAP50", key: "map50", render: (_, one) => figure(one.metrics, "map50") },
              { title: "mAP50-95", key: "map50_95", render: (_, one) => figure(one.metrics, "map50_95") },
              {
                title: t("difference"),
                key: "difference",
                render: (_, one) =>
                  signedInterval(
                    (one.difference as Record<string, Interval>).map50 ??
                      Object.values(one.difference as Record<string, Interval>)[0],
                  ),
              },
              { title: t("begun"), dataIndex: "created_at", render: formatDateTime },
            ]}
          />
          {makes && found.data.length > 1 && (
            <div className="tg-row" style={{ margin: "8px 0" }}>
              {first && second ? (
                <Link to={`${first}/compare/${second}`}>
                  <Button>{t("compare")}</Button>
                </Link>
              ) : (
                <span className="tg-muted">{t("compareHint")}</span>
              )}
            </div>
          )}
        </>
      )}
      <Benchmarks project={project} />
    </div>
  );
}

/** The verdict in a word and a sign, or how far the evaluation is. */
function Outcome({ one }: { one: Evaluation }) {
  const { t } = useTranslation("evaluate");
  if (one.state !== "done") return <Tag>{t(`state.${one.state}`)}</Tag>;
  const champion = one.is_champion ? <Tag color="gold">{t("verdict.champion")}</Tag> : null;
  return (
    <>
      <Tag color={one.passed ? "green" : "red"}>{one.passed ? `✓ ${t("passed")}` : `✗ ${t("failed")}`}</Tag>
      {champion}
    </>
  );
}
