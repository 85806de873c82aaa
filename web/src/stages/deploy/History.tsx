import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useMembers } from "../projects/queries";
import { useModels } from "../train/queries";
import { useChanges } from "./queries";

/** Every change with who and why; nothing is ever removed here. */
export function History({ project, deployment }: { project: string; deployment: string }) {
  const { t } = useTranslation("line");
  const changes = useChanges(project, deployment);
  const members = useMembers(project);
  const models = useModels(project);
  const names = new Map((members.data ?? []).map((one) => [one.person_id, one.name]));
  const numbers = new Map((models.data ?? []).map((one) => [one.id, `m${one.number}`]));
  const word = (value: unknown) =>
    value === null || value === undefined
      ? "–"
      : (numbers.get(String(value)) ?? (typeof value === "object" ? "…" : String(value)));
  if (changes.error) return <ErrorNote error={changes.error} onRetry={() => changes.refetch()} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      loading={changes.isPending}
      dataSource={changes.data ?? []}
      columns={[
        { title: t("when"), dataIndex: "created_at", render: formatDateTime },
        {
          title: t("what"),
          dataIndex: "kind",
          render: (kind: string) => t(`change.${kind}` as "change.live", { defaultValue: kind }),
        },
        {
          title: t("values"),
          key: "values",
          render: (_, row) =>
            Object.keys(row.after)
              .filter((key) => JSON.stringify(row.before[key]) !== JSON.stringify(row.after[key]))
              .map((key) => (
                <div key={key}>
                  {t(`field.${key}` as "field.threshold", { defaultValue: key })}: {word(row.before[key])} →{" "}
                  {word(row.after[key])}
                </div>
              )),
        },
        {
          title: t("who"),
          dataIndex: "person_id",
          render: (id: string | null) => (id ? (names.get(id) ?? "–") : t("system")),
        },
        { title: t("reasonField"), dataIndex: "reason" },
      ]}
    />
  );
}
