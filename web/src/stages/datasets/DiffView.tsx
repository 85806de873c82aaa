import { Select, Spin, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Diff, useDiff } from "./queries";

/** What changed in this version, compared with another one. */
export function DiffView({ project, number, others }: { project: string; number: number; others: number[] }) {
  const { t } = useTranslation("datasets");
  const [before, setBefore] = useState<number | undefined>(others.find((one) => one < number) ?? others[0]);
  if (before === undefined) return <p className="tg-muted">{t("diffNone")}</p>;
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 10 }}>
        {t("diffWith")}
        <Select
          value={before}
          aria-label={t("diffWith")}
          style={{ width: 90 }}
          options={others.map((value) => ({ value, label: `v${value}` }))}
          onChange={setBefore}
        />
      </div>
      <Changes project={project} before={before} number={number} />
    </>
  );
}

function Changes({ project, before, number }: { project: string; before: number; number: number }) {
  const { t } = useTranslation("datasets");
  const diff = useDiff(project, before, number);
  if (diff.error) return <ErrorNote error={diff.error} />;
  if (!diff.data) return <Spin description={t("loading")} />;
  const { counts, items } = diff.data;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all === 0) return <p className="tg-muted">{t("diffSame")}</p>;
  const word = (change: string) => t(`change.${change}` as "change.added", { defaultValue: change });
  return (
    <>
      <p>
        {Object.entries(counts)
          .map(([change, count]) => `${word(change)} ${formatNumber(count)}`)
          .join(" · ")}
      </p>
      {items.length < all && <p className="tg-muted">{t("diffShown", { count: items.length })}</p>}
      <Table<Diff["items"][number]>
        size="small"
        rowKey="item_id"
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: "max-content" }}
        dataSource={items}
        columns={[
          { title: t("items"), dataIndex: "name" },
          { key: "change", render: (_, row) => word(row.change) },
          { title: t("before"), key: "before", align: "right", render: (_, row) => row.labels_before ?? "–" },
          { title: t("after"), key: "after", align: "right", render: (_, row) => row.labels_after ?? "–" },
        ]}
      />
    </>
  );
}
