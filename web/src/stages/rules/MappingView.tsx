import { Button, InputNumber, Radio, Select, Spin, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { components } from "../../api/schema";
import { formatNumber } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useBatches } from "../collect/queries";
import { JobRow } from "../projects/JobsPage";
import { useJobs } from "../projects/queries";
import { type RuleVersion, useImportedNames, useRuleActions } from "./queries";

type ImportedName = components["schemas"]["ImportedName"];
type Use = "gold" | "prelabel" | "accepted" | "ignore";
const USES: readonly Use[] = ["gold", "prelabel", "accepted", "ignore"];
const GOLD = ["hidden", "practice", "exam"] as const;
const LEFT_OUT = "";

/** Names of labels that came with a batch: what each means, and what its labels become. */
export function MappingView({ project, rules }: { project: string; rules: RuleVersion }) {
  const { t } = useTranslation("rules");
  const batches = useBatches(project);
  const labelled = (batches.data?.items ?? []).filter(
    (batch) => Number(batch.counts.labelled ?? 0) + Number(batch.counts.nothing ?? 0) > 0,
  );
  const [wanted, setWanted] = useState<string | null>(null);
  const batch = wanted ?? labelled[0]?.id ?? null;
  if (batches.isPending) return <Spin description={t("loading")} />;
  if (!batch) return <EmptyState title={t("mapping.none")} hint={t("mapping.noneHint")} />;
  return (
    <div className="tg-stack">
      <div className="tg-row">
        <span>{t("mapping.batch")}</span>
        <Select
          value={batch}
          style={{ minWidth: 220 }}
          aria-label={t("mapping.batch")}
          onChange={setWanted}
          options={labelled.map((one) => ({ value: one.id, label: one.name }))}
        />
      </div>
      <Names key={batch} project={project} batch={batch} rules={rules} />
    </div>
  );
}

function Names({ project, batch, rules }: { project: string; batch: string; rules: RuleVersion }) {
  const { t } = useTranslation("rules");
  const names = useImportedNames(project, batch);
  const jobs = useJobs(project);
  const { map } = useRuleActions(project);
  const [changed, setChanged] = useState<Record<string, string>>({});
  const [use, setUse] = useState<Use>("gold");
  const [shares, setShares] = useState<Record<(typeof GOLD)[number], number>>({
    hidden: 0.2,
    practice: 0.2,
    exam: 0.2,
  });
  const rows = names.data?.items ?? [];
  const target = (row: ImportedName) =>
    changed[row.name] ?? (row.mapped ? (row.label ?? LEFT_OUT) : (row.suggestion ?? LEFT_OUT));
  const sum = GOLD.reduce((total, one) => total + shares[one], 0);
  const start = () =>
    map.mutate({
      batch_id: batch,
      mapping: Object.fromEntries(rows.map((row) => [row.name, target(row) || null])),
      use,
      ...(use === "gold" ? { share: shares } : {}),
    });
  const job = jobs.data?.find((one) => one.id === map.data?.job_id);
  const count = rows.reduce((total, row) => total + (target(row) ? row.count : 0), 0);
  return (
    <>
      {names.error && <ErrorNote error={names.error} onRetry={() => names.refetch()} />}
      <Table<ImportedName>
        size="small"
        rowKey="name"
        className="tg-card"
        loading={names.isPending}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        locale={{ emptyText: t("mapping.onlyNothing") }}
        columns={[
          { title: t("mapping.name"), dataIndex: "name" },
          { title: t("mapping.count"), key: "count", align: "end", render: (_, row) => formatNumber(row.count) },
          {
            title: t("mapping.class"),
            key: "class",
            render: (_, row) => (
              <Select
                value={target(row)}
                style={{ minWidth: 190 }}
                aria-label={row.name}
                onChange={(value) => setChanged({ ...changed, [row.name]: value })}
                options={[
                  { value: LEFT_OUT, label: t("mapping.leftOut") },
                  ...rules.label_set.map((entry) => ({ value: entry.key, label: localized(entry.name, entry.key) })),
                ]}
              />
            ),
          },
          {
            key: "mapped",
            render: (_, row) => <span className="tg-muted">{row.mapped ? t("mapping.mapped") : ""}</span>,
          },
        ]}
      />
      <section className="tg-card tg-stack">
        <h2 style={{ margin: 0 }}>{t("mapping.use")}</h2>
        <Radio.Group value={use} onChange={(event) => setUse(event.target.value as Use)}>
          <div className="tg-stack" style={{ gap: 6 }}>
            {USES.map((one) => (
              <Radio key={one} value={one}>
                {t(`use.${one}`)} <span className="tg-muted">{t(`useHint.${one}`)}</span>
              </Radio>
            ))}
          </div>
        </Radio.Group>
        {use === "gold" && (
          <div className="tg-row">
            {GOLD.map((one) => (
              // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside
              <label key={one} className="tg-row">
                {t(`gold.${one}`)}
                <InputNumber
                  min={0}
                  max={100}
                  suffix="%"
                  style={{ width: 100 }}
                  value={Math.round(shares[one] * 100)}
                  onChange={(value) => setShares({ ...shares, [one]: (value ?? 0) / 100 })}
                />
              </label>
            ))}
            <span className={sum > 1 ? "tg-warn" : "tg-muted"}>
              {t("mapping.rest", { rest: formatNumber(Math.max(0, 100 - sum * 100)) })}
            </span>
          </div>
        )}
        <div className="tg-row">
          <Button
            type="primary"
            loading={map.isPending}
            disabled={use === "gold" && (sum <= 0 || sum > 1.0001)}
            onClick={start}
          >
            {t("mapping.start")}
          </Button>
          <span className="tg-muted">{t("mapping.facts", { count, number: formatNumber(count) })}</span>
          {use === "gold" && <Link to={`/projects/${project}/quality`}>{t("mapping.gold")}</Link>}
        </div>
        {map.error && <ErrorNote error={map.error} />}
        {job && (
          <ul className="tg-list">
            <JobRow job={job} />
          </ul>
        )}
      </section>
    </>
  );
}
