import { Button, Input, Popover, Spin, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { JobRow } from "../projects/JobsPage";
import { useJobs, useProjectId } from "../projects/queries";
import { CopyHash } from "./CopyHash";
import { type Counts, SIDES, useDatasetActions, useVersions, type Version } from "./queries";
import { RuleName } from "./RuleName";
import "../projects/projects.css";
import "./datasets.css";

/** Frozen versions; for a client the portal from which a delivery is looked at and downloaded. */
export default function DatasetsPage() {
  const { t } = useTranslation("datasets");
  const project = useProjectId();
  const roles = useRoles(project);
  const lead = hasRole(roles, "manager", "trainer");
  const client = !hasRole(roles, "manager", "trainer", "engineer");
  const versions = useVersions(project);
  if (versions.isPending) return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("loading")} />;
  const list = versions.data ?? [];
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <h1>{client ? t("portal") : t("title")}</h1>
        {lead && list.length > 0 && <Freeze project={project} />}
      </div>
      {versions.error && <ErrorNote error={versions.error} onRetry={() => versions.refetch()} />}
      {list.length === 0 && !versions.error && (
        <EmptyState
          title={t("empty")}
          hint={client ? t("emptyClient") : t("emptyHint")}
          action={lead && <Freeze project={project} />}
          example={!client && <p className="tg-muted">{t("emptyExample")}</p>}
        />
      )}
      {!client && <FreezeJobs project={project} />}
      {list.length > 0 && (client ? <Deliveries list={list} /> : <Versions project={project} list={list} />)}
    </div>
  );
}

/** Freezing with a note; how far it is shows as a job below. */
function Freeze({ project }: { project: string }) {
  const { t } = useTranslation("datasets");
  const { freeze } = useDatasetActions(project);
  const [note, setNote] = useState("");
  const form = (
    <div className="tg-freeze">
      <Input
        value={note}
        maxLength={2000}
        placeholder={t("note")}
        aria-label={t("note")}
        onChange={(event) => setNote(event.target.value)}
      />
      {freeze.error && <ErrorNote error={freeze.error} />}
      <Button
        type="primary"
        loading={freeze.isPending}
        onClick={() => freeze.mutate(note, { onSuccess: () => setNote("") })}
      >
        {t("freeze")}
      </Button>
    </div>
  );
  return (
    <Popover content={form} trigger="click" placement="bottomRight">
      <Button type="primary">{t("freeze")}</Button>
    </Popover>
  );
}

function FreezeJobs({ project }: { project: string }) {
  const jobs = useJobs(project);
  const shown = (jobs.data ?? []).filter(
    (job) => job.kind === "dataset.freeze" && (job.state === "queued" || job.state === "running"),
  );
  const failed = (jobs.data ?? []).find((job) => job.kind === "dataset.freeze");
  const rows = shown.length === 0 && failed?.state === "failed" ? [failed] : shown;
  if (rows.length === 0) return null;
  return (
    <ul className="tg-list tg-card">
      {rows.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </ul>
  );
}

function bySide(counts: Counts): string {
  return SIDES.map((side) => formatNumber(counts.by_side?.[side] ?? 0)).join(" / ");
}

function Versions({ project, list }: { project: string; list: Version[] }) {
  const { t } = useTranslation("datasets");
  const counts = (row: Version) => row.counts as Counts;
  const number = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value));
  return (
    <Table<Version>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={list}
      columns={[
        {
          title: t("number"),
          key: "number",
          render: (_, row) =>
            row.state === "frozen" ? <Link to={String(row.number)}>v{row.number}</Link> : `v${row.number}`,
        },
        { key: "state", render: (_, row) => t(`state.${row.state}`) },
        { title: t("items"), key: "items", align: "right", render: (_, row) => number(counts(row).items) },
        { title: t("labels"), key: "labels", align: "right", render: (_, row) => number(counts(row).labels) },
        { title: t("blank"), key: "blank", align: "right", render: (_, row) => number(counts(row).empty) },
        {
          title: t("sides"),
          key: "sides",
          align: "right",
          render: (_, row) => (row.state === "frozen" ? bySide(counts(row)) : "–"),
        },
        { title: t("leftOut"), key: "left", align: "right", render: (_, row) => number(counts(row).left_out) },
        {
          title: t("hash"),
          key: "hash",
          render: (_, row) => (row.manifest_hash ? <CopyHash hash={row.manifest_hash} /> : "–"),
        },
        {
          title: t("rule"),
          key: "rule",
          render: (_, row) => <RuleName project={project} id={row.rule_version_id} />,
        },
        { title: t("noteShort"), dataIndex: "note" },
        { title: t("frozenAt"), key: "at", render: (_, row) => (row.frozen_at ? formatDateTime(row.frozen_at) : "–") },
      ]}
    />
  );
}

/** What a client sees: one card a delivery. */
function Deliveries({ list }: { list: Version[] }) {
  const { t } = useTranslation("datasets");
  return (
    <div className="tg-cards">
      {list
        .filter((row) => row.state === "frozen")
        .map((row) => {
          const counts = row.counts as Counts;
          return (
            <Link key={row.id} to={String(row.number)} className="tg-card tg-project">
              <h2>
                v{row.number} {row.note}
              </h2>
              <div>
                {formatNumber(counts.items ?? 0)} {t("items")} · {formatNumber(counts.labels ?? 0)} {t("labels")}
              </div>
              <div className="tg-muted">{row.frozen_at ? formatDateTime(row.frozen_at) : ""}</div>
              <div>{t("tab.exports")} →</div>
            </Link>
          );
        })}
    </div>
  );
}
