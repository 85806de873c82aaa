import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { type LeftOut, useLeftOut } from "./queries";

const SAME = /^the same picture as (.*?)(, with other labels)?$/s;
const SIDES = /^linked to groups on different sides: (.*)$/s;

/** The server tells equal names apart by an id after a tab. */
function bare(names = ""): string {
  return names.replace(/\t[0-9a-f-]+/g, "");
}

/** Items with an accepted answer that are on no side, and why. */
export function LeftOutView({ project, number }: { project: string; number: number }) {
  const { t } = useTranslation("datasets");
  const rows = useLeftOut(project, number, true);
  const why = (reason: string): string => {
    const same = SAME.exec(reason);
    if (same) return t(same[2] ? "reasons.conflict" : "reasons.same", { name: bare(same[1]) });
    const sides = SIDES.exec(reason);
    return sides ? t("reasons.sides", { name: bare(sides[1]) }) : reason;
  };
  if (rows.error) return <ErrorNote error={rows.error} />;
  if (rows.data?.length === 0) return <p className="tg-muted">{t("noLeftOut")}</p>;
  return (
    <>
      <p className="tg-muted">{t("leftOutHint")}</p>
      <Table<LeftOut>
        size="small"
        rowKey="item_id"
        loading={rows.isPending}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: "max-content" }}
        dataSource={rows.data ?? []}
        columns={[
          { title: t("items"), dataIndex: "name" },
          { title: t("reason"), key: "why", render: (_, row) => why(row.reason) },
        ]}
      />
    </>
  );
}
