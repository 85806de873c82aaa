import { Button, Popover, Table } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Lot, useLots, useQualityActions } from "./queries";

/** Lots: what was drawn, judged and accepted; leads may close collecting ones before the end of the day. */
export function Lots({ project, lead }: { project: string; lead: boolean }) {
  const { t } = useTranslation("quality");
  const lots = useLots(project);
  const { closeLots } = useQualityActions(project);
  const rows = lots.data ?? [];
  const open = rows.filter((lot) => lot.state === "collecting" && lot.size > 0);
  const what = (
    <div style={{ maxWidth: 320 }}>
      <p>{t("page.closeWhat", { lots: open.length, answers: open.reduce((sum, lot) => sum + lot.size, 0) })}</p>
      <Button type="primary" loading={closeLots.isPending} onClick={() => closeLots.mutate(null)}>
        {t("page.closeAll")}
      </Button>
    </div>
  );
  return (
    <section className="tg-section">
      <div className="tg-row tg-between">
        <h2>{t("page.lots")}</h2>
        <span className="tg-row">
          {closeLots.data && <span className="tg-muted">{t("page.closed", { count: closeLots.data.count })}</span>}
          {lead && (
            <Popover content={what} trigger="click" placement="bottomRight">
              <Button type="primary" disabled={open.length === 0}>
                {t("page.closeAll")}
              </Button>
            </Popover>
          )}
        </span>
      </div>
      {(lots.error ?? closeLots.error) && <ErrorNote error={lots.error ?? closeLots.error} />}
      {lots.data && rows.length === 0 ? (
        <p className="tg-muted">{t("page.noLots")}</p>
      ) : (
        <Table<Lot>
          size="small"
          rowKey="id"
          loading={lots.isPending}
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          scroll={{ x: "max-content" }}
          dataSource={rows}
          columns={[
            { title: t("page.person"), dataIndex: "person" },
            { title: t("page.lot"), dataIndex: "number", align: "right" },
            { title: t("page.state"), key: "state", render: (_, lot) => t(`lotState.${lot.state}`) },
            { title: t("page.size"), dataIndex: "size", align: "right" },
            { title: t("page.drawn"), dataIndex: "drawn", align: "right" },
            { title: t("page.judged"), dataIndex: "judged", align: "right" },
            { title: t("page.accepted"), dataIndex: "accepted", align: "right" },
            { title: t("page.opened"), key: "at", render: (_, lot) => formatDateTime(lot.opened_at) },
            {
              key: "close",
              render: (_, lot) =>
                lead && lot.state === "collecting" && lot.person_id ? (
                  <Button size="small" onClick={() => closeLots.mutate(lot.person_id)}>
                    {t("page.closeOne")}
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
    </section>
  );
}
