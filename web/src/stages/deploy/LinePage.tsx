import { Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { AlarmList } from "./AlarmList";
import { LoopStrip } from "./LoopStrip";
import { NewDeployment } from "./NewDeployment";
import { type Deployment, useDeployments } from "./queries";
import "../projects/projects.css";
import "./line.css";

/** Everything that answers on a line: which model, what came through, what alarms; one click puts a model there. */
export default function LinePage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const roles = useRoles(project);
  const found = useDeployments(project);
  const makes = hasRole(roles, "manager", "trainer", "engineer");
  const staff = hasRole(roles, "manager", "trainer", "engineer", "inspector");
  return (
    <div className="tg-page">
      <h1>{t("title")}</h1>
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {makes && <NewDeployment project={project} />}
      {found.data?.length === 0 && <EmptyState title={t("none")} hint={t("noneHint")} />}
      {found.data && found.data.length > 0 && <Places project={project} rows={found.data} staff={staff} />}
      {staff && <LoopStrip project={project} />}
      {staff && found.data && found.data.length > 0 && (
        <section style={{ marginTop: 20 }}>
          <h2>{t("alarms")}</h2>
          <AlarmList project={project} deployments={found.data} />
        </section>
      )}
    </div>
  );
}

function Places({ project, rows, staff }: { project: string; rows: Deployment[]; staff: boolean }) {
  const { t } = useTranslation("line");
  return (
    <Table<Deployment>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={rows}
      columns={[
        {
          title: t("name"),
          key: "name",
          render: (_, row) => (
            <Link to={`/projects/${project}/line/${row.id}${staff ? "" : "/console"}`}>{row.name}</Link>
          ),
        },
        { title: t("stateOf"), key: "state", render: (_, row) => <Tag>{t(`state.${row.state}`)}</Tag> },
        { title: t("live"), key: "live", render: (_, row) => <ModelTag row={row} /> },
        { title: t("shadow"), key: "shadow", render: (_, row) => (row.shadow_model ? `m${row.shadow_model}` : "–") },
        { title: t("threshold"), dataIndex: "threshold", render: (value: number) => formatNumber(value, 2) },
        { title: t("today"), dataIndex: "predictions_today", render: (value: number) => formatNumber(value) },
        {
          title: t("alarmsOpen"),
          dataIndex: "open_alarms",
          render: (value: number) => (value ? <Tag color="red">⚠ {value}</Tag> : "0"),
        },
        {
          title: t("last"),
          dataIndex: "last_prediction_at",
          render: (value: string | null) => (value ? formatDateTime(value) : "–"),
        },
        {
          key: "console",
          render: (_, row) => <Link to={`/projects/${project}/line/${row.id}/console`}>{t("openConsole")}</Link>,
        },
      ]}
    />
  );
}

/** The live model, and whether it is the champion: in words, not by colour alone. */
export function ModelTag({ row }: { row: Deployment }) {
  const { t } = useTranslation("line");
  if (!row.live_model) return <span className="tg-muted">{t("shadowOnly")}</span>;
  return (
    <>
      m{row.live_model} {row.champion && <Tag color="green">★ {t("champion")}</Tag>}
      {row.champion === false && <Tag>{t("notChampion")}</Tag>}
    </>
  );
}
