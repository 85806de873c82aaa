import { Button, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { eventKey } from "./names";
import { type Delivery, type Hook, useDeliveries, useHookActions } from "./queries";

const COLOURS = { delivered: "green", failed: "red", waiting: "orange", queued: "blue", cancelled: "default" } as const;

/** What was sent to one receiver, what came back, and what is tried again. */
export function Deliveries({ scope, hook }: { scope: string | null; hook: Hook }) {
  const { t } = useTranslation("connect");
  const deliveries = useDeliveries(scope, hook.id);
  const { again } = useHookActions(scope);
  const rows = deliveries.data?.items ?? [];
  return (
    <>
      {deliveries.error && <ErrorNote error={deliveries.error} />}
      {again.error && <ErrorNote error={again.error} />}
      <Table<Delivery>
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        loading={deliveries.isPending}
        dataSource={rows}
        locale={{ emptyText: t("noDeliveries") }}
        expandable={{ expandedRowRender: (row) => <Detail row={row} /> }}
        columns={[
          { title: t("at"), dataIndex: "created_at", render: formatDateTime },
          { title: t("eventLabel"), key: "event", render: (_, row) => t(`event.${eventKey(row.event)}`) },
          {
            title: t("stateLabel"),
            key: "state",
            render: (_, row) => <Tag color={COLOURS[row.state]}>{t(`state.${row.state}`)}</Tag>,
          },
          { title: t("code"), dataIndex: "code", render: (code: number | null) => code ?? "–" },
          { title: t("attempts"), dataIndex: "attempts" },
          { title: t("next"), dataIndex: "next_at", render: (at: string | null) => (at ? formatDateTime(at) : "–") },
          {
            key: "again",
            render: (_, row) => (
              <Button
                size="small"
                disabled={row.state === "queued"}
                onClick={() => again.mutate({ hook: hook.id, delivery: row.id })}
              >
                {t("again")}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}

function Detail({ row }: { row: Delivery }) {
  const { t } = useTranslation("connect");
  const { t: errors } = useTranslation("errors");
  const error = row.error as { code?: string; message?: string; params?: Record<string, unknown> } | null;
  return (
    <div style={{ maxWidth: "min(900px, 80vw)" }}>
      {error && (
        <p>
          {errors(error.code as "network", { ...error.params, defaultValue: error.message ?? "" })}{" "}
          <span className="tg-muted">{error.code}</span>
        </p>
      )}
      {row.answer && (
        <p>
          {t("answer")} <code style={{ overflowWrap: "anywhere" }}>{row.answer}</code>
          {row.seconds !== null && <span className="tg-muted"> · {formatNumber(row.seconds, 2)} s</span>}
        </p>
      )}
      <p className="tg-muted">
        {t("deliveryId")} <code>{row.id}</code>
      </p>
      <pre style={{ overflow: "auto", maxHeight: 260 }}>{JSON.stringify(row.content, null, 2)}</pre>
    </div>
  );
}
