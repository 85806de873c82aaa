import { Button, Form, Input, Select, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { useModels } from "../train/queries";
import { AlarmList } from "./AlarmList";
import { LoopStrip } from "./LoopStrip";
import { type Deployment, useDeployActions, useDeployments } from "./queries";
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

interface Values {
  model_id: string;
  name: string;
  reason?: string;
}

/** One click from a model version to the line; `?model=` chooses it, as the button on the page of models does. */
function NewDeployment({ project }: { project: string }) {
  const { t } = useTranslation("line");
  const models = useModels(project);
  const { create } = useDeployActions(project);
  const [params, setParams] = useSearchParams();
  const wanted = params.get("model");
  const [open, setOpen] = useState(wanted !== null);
  if (!models.data) return null;
  if (models.data.length === 0) {
    return (
      <p>
        {t("noModel")} <Link to={`/projects/${project}/models`}>{t("toModels")}</Link>
      </p>
    );
  }
  if (!open) {
    return (
      <Button type="primary" style={{ marginBottom: 12 }} onClick={() => setOpen(true)}>
        {t("create")}
      </Button>
    );
  }
  return (
    <Form<Values>
      layout="inline"
      className="tg-card"
      style={{ rowGap: 8, marginBottom: 12 }}
      initialValues={{ model_id: wanted ?? models.data[0]?.id, name: "" }}
      onFinish={(values) =>
        create.mutate(
          { model_id: values.model_id, name: values.name, reason: values.reason ?? "" } as Parameters<
            typeof create.mutate
          >[0],
          {
            onSuccess: () => {
              setOpen(false);
              setParams({}, { replace: true });
            },
          },
        )
      }
    >
      <Form.Item name="model_id" label={t("live")}>
        <Select
          style={{ minWidth: 110 }}
          options={models.data.map((model) => ({ value: model.id, label: `m${model.number}` }))}
        />
      </Form.Item>
      <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("nameNeeded") }]}>
        <Input maxLength={80} placeholder={t("nameExample")} />
      </Form.Item>
      <Form.Item name="reason" label={t("reasonField")} tooltip={t("reasonHint")}>
        <Input maxLength={500} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={create.isPending}>
        {t("putLive")}
      </Button>
      <Button type="link" onClick={() => setOpen(false)}>
        {t("cancel")}
      </Button>
      {create.error && <ErrorNote error={create.error} />}
    </Form>
  );
}
