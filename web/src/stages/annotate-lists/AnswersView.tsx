import { Button, Select, Table, type TableColumnType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { ListTools } from "../projects/ListTools";
import { useMembers } from "../projects/queries";
import { rowKeys, shownColumns, viewQuery } from "../projects/views";
import { AnswerDrawer } from "./AnswerDrawer";
import { type Answer, type AnswerFilter, useAnswers, useTaskActions } from "./queries";

const STATES: readonly Answer["state"][] = ["submitted", "accepted", "rejected", "superseded", "deleted"];

const FILTERS = ["state", "person"] as const;
const COLUMNS = ["when", "person", "state", "labels", "revision"] as const;

/** Answers, newest first; a deleted one can be brought back. */
export function AnswersView({ project }: { project: string }) {
  const { t } = useTranslation("tasks");
  const [search, setSearch] = useSearchParams();
  const members = useMembers(project);
  const { restore } = useTaskActions(project);
  const state = STATES.find((one) => one === search.get("state"));
  const person = search.get("person");
  const filter: AnswerFilter = { ...(state ? { state } : {}), ...(person ? { person } : {}) };
  const answers = useAnswers(project, filter);
  const rows = answers.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map((members.data ?? []).map((member) => [member.person_id, member.name]));
  const set = (key: string, value: string | null) => {
    const next = new URLSearchParams(search);
    if (value) next.set(key, value);
    else next.delete(key);
    setSearch(next);
  };
  const open = search.get("answer");
  const shown = shownColumns(search, COLUMNS);
  const keys = rowKeys<Answer>((row) => set("answer", row.id));
  const query = new URLSearchParams(viewQuery(search, FILTERS));
  query.delete("cols");
  const columns: TableColumnType<Answer>[] = [
    { title: t("column.when"), key: "when", render: (_, row) => formatDateTime(row.submitted_at) },
    {
      title: t("column.person"),
      key: "person",
      render: (_, row) => (row.source === "import" ? t("imported") : (names.get(row.person_id ?? "") ?? "–")),
    },
    { title: t("column.state"), key: "state", render: (_, row) => t(`answer.${row.state}`) },
    { title: t("column.labels"), key: "labels", dataIndex: "label_count", align: "end" },
    { title: t("column.revision"), key: "revision", dataIndex: "revision", align: "end" },
    {
      key: "do",
      render: (_, row) => (
        <div className="tg-row">
          <Button size="small" type="link" onClick={() => set("answer", row.id)}>
            {t("open")}
          </Button>
          <Link to={`/projects/${project}/annotations/${row.id}`}>{t("page.open")}</Link>
          {row.state === "deleted" && (
            <Button size="small" loading={restore.isPending} onClick={() => restore.mutate({ annotation: row.id })}>
              {t("restore")}
            </Button>
          )}
        </div>
      ),
    },
  ];
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
            ...STATES.map((one) => ({ value: one, label: t(`answer.${one}`) })),
          ]}
        />
        <Select
          value={person ?? ""}
          style={{ minWidth: 150 }}
          aria-label={t("column.person")}
          onChange={(value) => set("person", value)}
          options={[
            { value: "", label: t("anyPerson") },
            ...(members.data ?? []).map((one) => ({ value: one.person_id, label: one.name })),
          ]}
        />
        <ListTools
          project={project}
          list="answers"
          filters={FILTERS}
          stay={["view"]}
          columns={COLUMNS.map((key) => ({ key, label: t(`column.${key}`) }))}
          csv={`/api/v1/projects/${project}/annotations.csv?${query}`}
        />
      </div>
      {answers.error && <ErrorNote error={answers.error} onRetry={() => answers.refetch()} />}
      {restore.error && <ErrorNote error={restore.error} />}
      <Table<Answer>
        size="small"
        rowKey="id"
        className="tg-card tg-table"
        loading={answers.isPending}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: t("noAnswers") }}
        dataSource={rows}
        onRow={keys}
        columns={columns.filter((one) => one.key === "do" || shown.has(String(one.key)))}
      />
      {answers.hasNextPage && (
        <Button style={{ marginTop: 10 }} loading={answers.isFetchingNextPage} onClick={() => answers.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
      {open && <AnswerDrawer project={project} annotation={open} names={names} onClose={() => set("answer", null)} />}
    </>
  );
}
