import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useNames } from "./names";
import { useWorkRows, type WorkRow } from "./queries";

interface Props {
  project: string;
  person: string | null;
  period: string | null;
}

/** Every judged unit down to its picture; a row is one unit kind of one answer. */
export function WorkTable({ project, person, period }: Props) {
  const { t } = useTranslation("settle");
  const names = useNames();
  const rows = useWorkRows(project, person, period);
  const all = rows.data?.pages.flatMap((page) => page.items) ?? [];
  if (rows.error) return <ErrorNote error={rows.error} onRetry={() => rows.refetch()} />;
  if (rows.data && all.length === 0) return <EmptyState title={t("today.noWork")} hint={t("today.noWorkHint")} />;
  return (
    <>
      <Table<WorkRow>
        size="small"
        rowKey="id"
        pagination={false}
        loading={rows.isPending}
        scroll={{ x: "max-content" }}
        dataSource={all}
        columns={[
          {
            title: t("work.item"),
            key: "item",
            render: (_, row) => (
              <span className="tg-row tg-thumb-name">
                {row.thumb_url && <img src={row.thumb_url} alt="" loading="lazy" className="tg-thumb" />}
                <Link to={`/projects/${project}/annotations/${row.annotation_id}`}>{row.item}</Link>
              </span>
            ),
          },
          ...(person === "me" ? [] : [{ title: t("work.person"), dataIndex: "person" }]),
          {
            title: t("work.quantity"),
            key: "quantity",
            align: "right" as const,
            render: (_, row) => `${formatNumber(Number(row.quantity))} ${names.unit(row.unit)}`,
          },
          { title: t("work.difficulty"), key: "difficulty", render: (_, row) => names.difficulty(row.difficulty) },
          {
            title: t("work.outcome"),
            key: "outcome",
            render: (_, row) => (
              <span className={row.void ? "tg-void" : `tg-outcome-${row.outcome}`}>
                {names.outcome(row.outcome)}
                {row.void && ` · ${t("work.void")}`}
              </span>
            ),
          },
          { title: t("work.at"), key: "at", render: (_, row) => formatDateTime(row.accepted_at) },
          { key: "paid", render: (_, row) => (row.period_id ? t("work.paid") : t("work.open")) },
        ]}
      />
      {rows.hasNextPage && (
        <Button style={{ marginTop: 8 }} loading={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
          {t("work.more")}
        </Button>
      )}
    </>
  );
}
