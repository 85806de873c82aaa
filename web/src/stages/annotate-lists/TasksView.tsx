import { Button, InputNumber, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useMembers } from "../projects/queries";
import { type Task, type TaskFilter, useTaskActions, useTasks } from "./queries";

const STATES: readonly Task["state"][] = ["open", "full", "done", "settled", "left_out", "closed"];
const PURPOSES: readonly Task["purpose"][] = ["ordinary", "gold", "practice", "exam"];

/** Tasks by state and purpose; priority, leaving out, closing and opening again for those chosen. */
export function TasksView({ project, onCreate }: { project: string; onCreate: () => void }) {
  const { t } = useTranslation("tasks");
  const [search, setSearch] = useSearchParams();
  const state = STATES.find((one) => one === search.get("state"));
  const purpose = PURPOSES.find((one) => one === search.get("purpose"));
  const filter: TaskFilter = { ...(state ? { state } : {}), ...(purpose ? { purpose } : {}) };
  const tasks = useTasks(project, filter);
  const members = useMembers(project);
  const rows = tasks.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map((members.data ?? []).map((member) => [member.person_id, member.name]));
  const set = (key: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value) next.set(key, value);
    else next.delete(key);
    setSearch(next);
  };
  if (tasks.data && rows.length === 0 && !state && !purpose) {
    return (
      <EmptyState
        title={t("none")}
        hint={t("noneHint")}
        action={
          <Button type="primary" onClick={onCreate}>
            {t("create.open")}
          </Button>
        }
      />
    );
  }
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 10 }}>
        <Select
          value={state ?? ""}
          style={{ minWidth: 130 }}
          aria-label={t("column.state")}
          onChange={(value) => set("state", value)}
          options={[
            { value: "", label: t("anyState") },
            ...STATES.map((one) => ({ value: one, label: t(`state.${one}`) })),
          ]}
        />
        <Select
          value={purpose ?? ""}
          style={{ minWidth: 130 }}
          aria-label={t("column.purpose")}
          onChange={(value) => set("purpose", value)}
          options={[
            { value: "", label: t("anyPurpose") },
            ...PURPOSES.map((one) => ({ value: one, label: t(`purpose.${one}`) })),
          ]}
        />
      </div>
      {tasks.error && <ErrorNote error={tasks.error} onRetry={() => tasks.refetch()} />}
      <Chosen project={project} rows={rows} loading={tasks.isPending} names={names} />
      {tasks.hasNextPage && (
        <Button style={{ marginTop: 10 }} loading={tasks.isFetchingNextPage} onClick={() => tasks.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

interface ChosenProps {
  project: string;
  rows: readonly Task[];
  loading: boolean;
  names: ReadonlyMap<string, string>;
}

function Chosen({ project, rows, loading, names }: ChosenProps) {
  const { t } = useTranslation("tasks");
  const { change } = useTaskActions(project);
  const [chosen, setChosen] = useState<string[]>([]);
  const [priority, setPriority] = useState(0);
  const person = (id: string) => names.get(id) ?? id.slice(0, 8);
  const act = (body: { priority?: number; state?: "open" | "left_out" | "closed" }) =>
    change.mutate({ task_ids: chosen.slice(0, 1000), ...body });
  return (
    <>
      {chosen.length > 0 && (
        <section className="tg-note tg-row" style={{ marginBottom: 10 }}>
          <strong>{t("chosen", { count: chosen.length })}</strong>
          <InputNumber
            size="small"
            min={-1000}
            max={1000}
            value={priority}
            aria-label={t("priority")}
            onChange={(value) => setPriority(value ?? 0)}
          />
          <Button size="small" onClick={() => act({ priority })}>
            {t("setPriority")}
          </Button>
          <Button size="small" onClick={() => act({ state: "left_out" })}>
            {t("leaveOut")}
          </Button>
          <Button size="small" onClick={() => act({ state: "closed" })}>
            {t("closeTasks")}
          </Button>
          <Button size="small" onClick={() => act({ state: "open" })}>
            {t("reopen")}
          </Button>
          {change.data && <span className="tg-muted">{t("changed", { count: change.data.changed })}</span>}
        </section>
      )}
      {change.error && <ErrorNote error={change.error} />}
      <Table<Task>
        size="small"
        rowKey="id"
        className="tg-card tg-table"
        loading={loading}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: t("nothing") }}
        dataSource={rows}
        rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys.map(String)) }}
        columns={[
          {
            title: t("column.item"),
            key: "item",
            render: (_, row) => (
              <Link to={`/projects/${project}/data?item=${row.item_id}`}>
                {row.item_name || row.item_id.slice(0, 8)}
              </Link>
            ),
          },
          { title: t("column.state"), key: "state", render: (_, row) => t(`state.${row.state}`) },
          {
            title: t("column.purpose"),
            key: "purpose",
            render: (_, row) => (row.rework_of ? t("rework") : t(`purpose.${row.purpose}`)),
          },
          { title: t("priority"), dataIndex: "priority", align: "end" },
          {
            title: t("column.answers"),
            key: "answers",
            align: "end",
            render: (_, row) => `${row.answered} / ${row.needed}`,
          },
          { title: t("column.skips"), dataIndex: "skips", align: "end" },
          {
            title: t("column.holders"),
            key: "holders",
            render: (_, row) =>
              row.holders.map(person).join(", ") ||
              (row.person_id ? t("reserved", { name: person(row.person_id) }) : ""),
          },
          { title: t("column.made"), key: "made", render: (_, row) => formatDateTime(row.created_at) },
        ]}
      />
    </>
  );
}
