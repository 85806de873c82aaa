import { useQuery } from "@tanstack/react-query";
import { Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";
import { currentLanguage } from "../../i18n";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { detailText } from "./detail";
import type { Batch, DataReport } from "./queries";

type Refusal = components["schemas"]["RefusalOut"];

/** What did not come in and why, what was taken out of use, who waived what; and the report to print. */
export function RefusedView(props: { project: string; report: DataReport | undefined; batches: readonly Batch[] }) {
  const { project, report, batches } = props;
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const [search, setSearch] = useSearchParams();
  const withRefusals = batches.filter((batch) => Number(batch.counts.refused ?? 0) > 0);
  const batch = search.get("batch") ?? withRefusals[0]?.id ?? null;
  const name = (check: string) => tp(`check.${check}` as "check.dark", { defaultValue: check });
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 12 }}>
        <a
          href={`/api/v1/projects/${project}/data-report?format=html&language=${currentLanguage()}`}
          target="_blank"
          rel="noreferrer"
        >
          {t("report")}
        </a>
        <span className="tg-muted">{t("reportHint")}</span>
      </div>
      <div className="tg-two">
        <section className="tg-card">
          <div className="tg-row tg-between">
            <h2>{t("refused.title")}</h2>
            {withRefusals.length > 1 && (
              <Select
                value={batch}
                style={{ minWidth: 180 }}
                aria-label={t("view.batches")}
                onChange={(value) => setSearch({ view: "refused", batch: value ?? "" })}
                options={withRefusals.map((one) => ({ value: one.id, label: one.name }))}
              />
            )}
          </div>
          {batch ? <Refusals project={project} batch={batch} /> : <p className="tg-muted">{t("refused.none")}</p>}
        </section>
        <section className="tg-card">
          <h2>{t("refused.byReason")}</h2>
          <ul className="tg-list">
            {(report?.refused ?? []).map((row) => (
              <li key={row.check + row.kind} className="tg-row tg-between" style={{ margin: 0 }}>
                <span>
                  {name(row.check)} {row.kind !== "item" && <span className="tg-muted">{row.kind}</span>}
                </span>
                <strong>{formatNumber(row.count)}</strong>
              </li>
            ))}
            {(report?.problems ?? [])
              .filter((row) => row.refused > 0)
              .map((row) => (
                <li key={`taken${row.check}`} className="tg-row tg-between" style={{ margin: 0 }}>
                  <span>{t("refused.taken", { check: name(row.check) })}</span>
                  <strong>{formatNumber(row.refused)}</strong>
                </li>
              ))}
          </ul>
          <h2 style={{ marginTop: 14 }}>{t("refused.waived")}</h2>
          {report?.waived.length === 0 && <p className="tg-muted">{t("refused.noWaivers")}</p>}
          <ul className="tg-list">
            {(report?.waived ?? []).map((row) => (
              <li key={row.check + row.at}>
                {name(row.check)} × {formatNumber(row.count)}
                <div className="tg-muted">
                  {row.person} · {formatDateTime(row.at)} · {row.reason}
                </div>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

function Refusals({ project, batch }: { project: string; batch: string }) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const list = useQuery({
    queryKey: ["collect", project, "refusals", batch],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/batches/{batch_id}/refusals", {
          params: { path: { project_id: project, batch_id: batch }, query: { limit: 1000 } },
        }),
      ),
  });
  if (list.error) return <ErrorNote error={list.error} onRetry={() => list.refetch()} />;
  return (
    <Table<Refusal>
      size="small"
      rowKey="id"
      loading={list.isPending}
      scroll={{ x: "max-content" }}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      locale={{ emptyText: t("refused.none") }}
      dataSource={list.data?.items ?? []}
      columns={[
        { title: t("column.name"), dataIndex: "name" },
        {
          title: t("column.reason"),
          key: "check",
          render: (_, row) => tp(`check.${row.check_id}` as "check.dark", { defaultValue: row.check_id }),
        },
        {
          title: t("column.what"),
          key: "kind",
          render: (_, row) => (row.count > 1 ? `${row.kind} × ${row.count}` : row.kind),
        },
        { title: t("column.detail"), key: "detail", render: (_, row) => detailText(row.detail) },
      ]}
    />
  );
}
