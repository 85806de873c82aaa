import { Button, Input, Select, Spin, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { type LogFilter, type Prediction, usePredictions } from "./queries";

const VERDICTS = ["ok", "defect", "check"] as const;
const MARKS = ["wrong", "right", "none"] as const;

/** The log with filters in the address, newest first. */
export function Log({ project, deployment }: { project: string; deployment: string }) {
  const { t } = useTranslation("line");
  const [params, setParams] = useSearchParams();
  const verdict = VERDICTS.find((one) => one === params.get("verdict"));
  const marked = MARKS.find((one) => one === params.get("marked"));
  const name = params.get("name") ?? "";
  const before = params.get("before") ?? "";
  const filter: LogFilter = {
    ...(verdict ? { verdict } : {}),
    ...(marked ? { marked } : {}),
    ...(name ? { name } : {}),
    ...(before ? { before } : {}),
  };
  const found = usePredictions(project, deployment, filter);
  const change = (key: string, value: string | undefined) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(key, value);
        else next.delete(key);
        if (key !== "before") next.delete("before");
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 12 }}>
        <Select
          allowClear
          style={{ minWidth: 130 }}
          placeholder={t("anyVerdict")}
          aria-label={t("anyVerdict")}
          value={verdict ?? null}
          options={VERDICTS.map((one) => ({ value: one, label: t(`verdict.${one}`) }))}
          onChange={(value) => change("verdict", value ?? undefined)}
        />
        <Select
          allowClear
          style={{ minWidth: 130 }}
          placeholder={t("anyMark")}
          aria-label={t("anyMark")}
          value={marked ?? null}
          options={MARKS.map((one) => ({ value: one, label: t(`mark.${one}`) }))}
          onChange={(value) => change("marked", value ?? undefined)}
        />
        <Input.Search
          allowClear
          style={{ maxWidth: 220 }}
          defaultValue={name}
          placeholder={t("nameBegins")}
          aria-label={t("nameBegins")}
          onSearch={(value) => change("name", value.trim())}
        />
      </div>
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {found.isPending && <Spin />}
      {found.data?.items.length === 0 && <EmptyState title={t("noPredictions")} hint={t("noPredictionsHint")} />}
      <div className="tg-log">
        {found.data?.items.map((row) => (
          <Card key={row.id} to={`/projects/${project}/line/${deployment}/predictions/${row.id}`} row={row} />
        ))}
      </div>
      {found.data?.next && (
        <Button style={{ marginTop: 12 }} onClick={() => change("before", found.data?.next ?? undefined)}>
          {t("older")}
        </Button>
      )}
    </>
  );
}

function Card({ row, to }: { row: Prediction; to: string }) {
  const { t } = useTranslation("line");
  return (
    <Link to={to}>
      {row.image_url ? <img src={row.image_url} alt={row.name} loading="lazy" /> : <div>{t("console.noPicture")}</div>}
      <div className="tg-row">
        <Tag>{t(`verdict.${row.verdict}`)}</Tag>
        {row.feedback && (
          <Tag color={row.feedback.kind === "wrong" ? "red" : "green"}>
            {row.feedback.kind === "wrong"
              ? `✗ ${t(`reason.${row.feedback.reason || "other"}` as "reason.other")}`
              : `✓ ${t("mark.right")}`}
          </Tag>
        )}
      </div>
      <div className="tg-muted tg-cut">
        {row.name} {formatDateTime(row.created_at)} · {t("score", { score: formatNumber(row.top_score ?? 0, 2) })}
      </div>
    </Link>
  );
}
