import { Button, InputNumber, Select, Table, type TableColumnType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { ListTools } from "../projects/ListTools";
import { useMembers } from "../projects/queries";
import { rowKeys, shownColumns, viewQuery } from "../projects/views";
import { type Task, type TaskFilter, useTaskActions, useTasks } from "./queries";

const STATES: readonly Task["state"][] = ["open", "full", "done", "settled", "left_out", "closed"];
const PURPOSES: readonly Task["purpose"][] = ["ordinary", "gold", "practice", "exam"];

const FILTERS = ["state", "purpose"] as const;
const COLUMNS = ["item", "state", "purpose", "priority", "answers", "skips", "holders", "made"] as const;

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
  const shown = shownColumns(search, COLUMNS);
  const query = new URLSearchParams(viewQuery(search, FILTERS));
  query.delete("cols");
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
        <ListTools
          project={project}
          list="tasks"
          filters={FILTERS}
          stay={["view"]}
          columns={COLUMNS.map((key) => ({ key, label: key === "priority" ? t("priority") : t(`column.${key}`) }))}
          csv={`/api/v1/projects/${project}/tasks.csv?${query}`}
        />
      </div>
      {tasks.error && <ErrorNote error={tasks.error} onRetry={() => tasks.refetch()} />}
      <Chosen project={project} rows={rows} loading={tasks.isPending} names={names} shown={shown} />
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
  shown: ReadonlySet<string>;
}

type Patch = { task_ids: string[]; priority?: number; state?: "open" | "left_out" | "closed" };

/** What brings tasks back to how they are now: those in a state that people set, by their priority or state. */
function backwards(rows: readonly Task[], body: Omit<Patch, "task_ids">): Patch[] {
  const groups = new Map<string, Patch>();
  for (const row of rows) {
    const { id, priority, state } = row;
    if (body.priority !== undefined) {
      const group = groups.get(`p${priority}`) ?? { task_ids: [], priority };
      groups.set(`p${priority}`, { ...group, task_ids: [...group.task_ids, id] });
    } else if (state === "open" || state === "left_out" || state === "closed") {
      const group = groups.get(state) ?? { task_ids: [], state };
      groups.set(state, { ...group, task_ids: [...group.task_ids, id] });
    }
  }
  return [...groups.values()];
}

function Chosen({ project, rows, loading, names, shown }: ChosenProps) {
  const { t } = useTranslation("tasks");
  const { t: tc } = useTranslation("common");
  const { change } = useTaskActions(project);
  const [chosen, setChosen] = useState<string[]>([]);
  const [priority, setPriority] = useState(0);
  const person = (id: string) => names.get(id) ?? id.slice(0, 8);
  const [undo, setUndo] = useState<readonly Patch[]>([]);
  const navigate = useNavigate();
  const keys = rowKeys<Task>((row) => void navigate(`/projects/${project}/data?item=${row.item_id}`));
  const act = (body: Omit<Patch, "task_ids">) => {
    const ids = chosen.slice(0, 1000);
    const before = backwards(
      rows.filter((row) => ids.includes(row.id)),
      body,
    );
    change.mutate({ task_ids: ids, ...body }, { onSuccess: () => setUndo(before) });
  };
  const takeBack = async () => {
    for (const patch of undo) await change.mutateAsync(patch);
    setUndo([]);
  };
  const columns: TableColumnType<Task>[] = [
    {
      title: t("column.item"),
      key: "item",
      render: (_, row) => (
        <Link to={`/projects/${project}/data?item=${row.item_id}`}>{row.item_name || row.item_id.slice(0, 8)}</Link>
      ),
    },
    { title: t("column.state"), key: "state", render: (_, row) => t(`state.${row.state}`) },
    {
      title: t("column.purpose"),
      key: "purpose",
      render: (_, row) => (row.rework_of ? t("rework") : t(`purpose.${row.purpose}`)),
    },
    { title: t("priority"), key: "priority", dataIndex: "priority", align: "end" },
    {
      title: t("column.answers"),
      key: "answers",
      align: "end",
      render: (_, row) => `${row.answered} / ${row.needed}`,
    },
    { title: t("column.skips"), key: "skips", dataIndex: "skips", align: "end" },
    {
      title: t("column.holders"),
      key: "holders",
      render: (_, row) =>
        row.holders.map(person).join(", ") || (row.person_id ? t("reserved", { name: person(row.person_id) }) : ""),
    },
    { title: t("column.made"), key: "made", render: (_, row) => formatDateTime(row.created_at) },
  ];
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
          {undo.length > 0 && (
            <Button size="small" type="link" onClick={() => void takeBack().catch(() => undefined)}>
              {tc("undo")}
            </Button>
          )}
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
        onRow={keys}
        rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys.map(String)) }}
        columns={columns.filter((one) => shown.has(String(one.key)))}
      />
    </>
  );
}
