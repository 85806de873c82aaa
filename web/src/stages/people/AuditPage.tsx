import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useAudit, usePeople } from "./queries";

/** Every change that matters: who did what to which object. Nobody can change it. */
export default function AuditPage() {
  const { t } = useTranslation("people");
  const { t: project } = useTranslation("projects");
  const audit = useAudit();
  const people = usePeople();
  const names = new Map((people.data ?? []).map((person) => [person.id, person.name]));
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="tg-page">
      <h1>{t("audit.title")}</h1>
      {audit.error && <ErrorNote error={audit.error} />}
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        loading={audit.isPending}
        dataSource={rows}
        columns={[
          { title: t("audit.at"), dataIndex: "created_at", render: formatDateTime },
          {
            title: t("audit.who"),
            dataIndex: "person_id",
            render: (id: string | null) => (id ? (names.get(id) ?? id.slice(-6)) : "–"),
          },
          {
            title: t("audit.action"),
            dataIndex: "action",
            render: (action: string) => project(`action.${action}` as "action.changed", { defaultValue: action }),
          },
          {
            title: t("audit.object"),
            dataIndex: "object_kind",
            render: (kind: string) => project(`object.${kind}` as "object.project", { defaultValue: kind }),
          },
          {
            title: t("audit.detail"),
            dataIndex: "detail",
            render: (detail: unknown) => <code className="tg-clip">{JSON.stringify(detail)}</code>,
          },
        ]}
      />
      {audit.hasNextPage && <Button onClick={() => audit.fetchNextPage()}>{t("audit.more")}</Button>}
    </div>
  );
}
