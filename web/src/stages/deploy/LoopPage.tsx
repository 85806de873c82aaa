import { Button, Select, Spin, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { LoopStrip } from "./LoopStrip";
import { type LoopCase, useLoop } from "./queries";
import "../projects/projects.css";
import "./line.css";

const STATES = [
  "waiting",
  "task",
  "answered",
  "accepted",
  "frozen",
  "trained",
  "evaluated",
  "deployed",
  "closed",
] as const;

/** Each prediction that came back, and how far it is. */
export default function LoopPage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const [params, setParams] = useSearchParams();
  const state = STATES.find((one) => one === params.get("state"));
  const before = params.get("before") ?? undefined;
  const found = useLoop(project, state, before);
  return (
    <div className="tg-page">
      <h1>{t("loop.title")}</h1>
      <LoopStrip project={project} />
      <div className="tg-row" style={{ margin: "12px 0" }}>
        <Select
          allowClear
          style={{ minWidth: 160 }}
          placeholder={t("loop.all")}
          aria-label={t("loop.all")}
          value={state ?? null}
          onChange={(next) => setParams(next ? { state: next } : {})}
          options={STATES.map((one) => ({ value: one, label: t(`loop.step.${one}`) }))}
        />
      </div>
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {found.isPending && <Spin />}
      {found.data?.items.length === 0 && <EmptyState title={t("loop.none")} hint={t("loop.noneHint")} />}
      <ul className="tg-list">
        {found.data?.items.map((row) => (
          <CaseRow key={row.id} project={project} row={row} />
        ))}
      </ul>
      {found.data?.next && (
        <Button onClick={() => setParams({ ...(state ? { state } : {}), before: found.data?.next ?? "" })}>
          {t("older")}
        </Button>
      )}
    </div>
  );
}

/** Where one case is, with links to all that it has become. */
export function CaseRow({ project, row }: { project: string; row: LoopCase }) {
  const { t } = useTranslation("line");
  const home = `/projects/${project}`;
  return (
    <li className="tg-case">
      {row.thumb_url ? <img src={row.thumb_url} alt={row.item ?? ""} /> : <span className="tg-case-none">–</span>}
      <div>
        <div className="tg-row">
          <Tag>{t(`loop.step.${row.state}`)}</Tag>
          <Link to={`${home}/line/${row.deployment_id}/predictions/${row.prediction_id}`}>{row.deployment}</Link>
          <span>
            {row.kind === "wrong" ? t(`reason.${row.reason || "other"}` as "reason.other") : t("loop.sampled")}
          </span>
          <span className="tg-muted">{formatDateTime(row.created_at)}</span>
        </div>
        <div className="tg-row tg-muted">
          {row.item && <span className="tg-cut">{row.item}</span>}
          {row.note && <span>{t(`loop.note.${row.note}` as "loop.note.gold", { defaultValue: row.note })}</span>}
          {row.known && <span>{t("loop.known")}</span>}
          {row.dataset_version !== null && (
            <Link to={`${home}/datasets/${row.dataset_version}`}>
              v{row.dataset_version} · {t(`side.${row.side}` as "side.train", { defaultValue: row.side })}
            </Link>
          )}
          {row.model !== null && <Link to={`${home}/models`}>m{row.model}</Link>}
          <Link to={`${home}/line/${row.deployment_id}/predictions/${row.prediction_id}/provenance`}>
            {t("walk.back")}
          </Link>
        </div>
      </div>
    </li>
  );
}
