import { Button, Select, Spin, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure } from "../../ui/Figure";
import { useProjectId } from "../projects/queries";
import { useLabelNames } from "../quality/labelset";
import { CopyHash } from "./CopyHash";
import { DiffView } from "./DiffView";
import { ExportsView } from "./ExportsView";
import { LeftOutView } from "./LeftOutView";
import { type Counts, SIDES, type Side, useEntries, useVersions } from "./queries";
import { RuleName } from "./RuleName";
import "../projects/projects.css";
import "./datasets.css";

/** One frozen version: what is in it, what was left out and why, what changed, and its downloads. */
export default function VersionPage() {
  const { t } = useTranslation("datasets");
  const project = useProjectId();
  const number = Number(useParams().version);
  const [search, setSearch] = useSearchParams();
  const versions = useVersions(project);
  const version = versions.data?.find((one) => one.number === number);
  if (versions.isPending) return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("loading")} />;
  if (!version) {
    return (
      <div className="tg-page">
        {versions.error ? (
          <ErrorNote error={versions.error} />
        ) : (
          <EmptyState title={t("empty")} hint={t("emptyHint")} />
        )}
      </div>
    );
  }
  const counts = version.counts as Counts;
  const others = (versions.data ?? []).filter((one) => one.number !== number && one.state === "frozen");
  return (
    <div className="tg-page">
      <Link to={`/projects/${project}/datasets`}>← {t("back")}</Link>
      <h1>
        v{version.number} {version.note}
      </h1>
      <div className="tg-row tg-muted">
        {version.frozen_at && formatDateTime(version.frozen_at)} · {t("rule")}{" "}
        <RuleName project={project} id={version.rule_version_id} />
        {version.manifest_hash && <CopyHash hash={version.manifest_hash} />}
      </div>
      <div className="tg-version-figures">
        <Figure label={t("items")} value={formatNumber(counts.items ?? 0)} />
        <Figure label={t("labels")} value={formatNumber(counts.labels ?? 0)} />
        {SIDES.map((side) => (
          <Figure key={side} label={t(`side.${side}`)} value={formatNumber(counts.by_side?.[side] ?? 0)} />
        ))}
        <Figure label={t("blank")} value={formatNumber(counts.empty ?? 0)} />
      </div>
      <ByClass project={project} counts={counts} />
      <Tabs
        activeKey={search.get("tab") ?? "exports"}
        onChange={(tab) => setSearch({ tab }, { replace: true })}
        items={[
          { key: "exports", label: t("tab.exports"), children: <ExportsView project={project} number={number} /> },
          { key: "entries", label: t("tab.entries"), children: <Entries project={project} number={number} /> },
          {
            key: "left",
            label: `${t("tab.leftOut")} ${formatNumber(counts.left_out ?? 0)}`,
            children: <LeftOutView project={project} number={number} />,
          },
          {
            key: "diff",
            label: t("tab.diff"),
            children: <DiffView project={project} number={number} others={others.map((one) => one.number)} />,
          },
        ]}
      />
    </div>
  );
}

function ByClass({ project, counts }: { project: string; counts: Counts }) {
  const name = useLabelNames(project);
  const rows = Object.entries(counts.by_class ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <div className="tg-row tg-muted">
      {rows.map(([key, count]) => (
        <span key={key}>
          {name(key)} {formatNumber(count)}
        </span>
      ))}
    </div>
  );
}

function Entries({ project, number }: { project: string; number: number }) {
  const { t } = useTranslation("datasets");
  const [search, setSearch] = useSearchParams();
  const side = SIDES.find((one) => one === search.get("side")) ?? null;
  const pages = useEntries(project, number, side);
  const entries = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const choose = (value: Side | "all") =>
    setSearch({ tab: "entries", ...(value === "all" ? {} : { side: value }) }, { replace: true });
  return (
    <>
      <Select<Side | "all">
        value={side ?? "all"}
        style={{ width: 140, marginBottom: 10 }}
        aria-label={t("sides")}
        options={(["all", ...SIDES] as const).map((value) => ({ value, label: t(`side.${value}`) }))}
        onChange={choose}
      />
      {pages.error && <ErrorNote error={pages.error} />}
      {pages.isPending && <Spin description={t("loading")} />}
      <div className="tg-thumbs">
        {entries.map((entry) => (
          <figure key={entry.item_id}>
            {entry.thumb_url && !entry.erased ? (
              <img src={entry.thumb_url} alt={entry.name} loading="lazy" />
            ) : (
              <div className="tg-thumb-gone">{t("erased")}</div>
            )}
            <figcaption>
              <div className="tg-ellipsis" title={entry.name}>
                {entry.name}
              </div>
              <div className="tg-muted">
                {t(`side.${entry.side}` as "side.train")} · {t("labelCount", { count: entry.label_count })}
              </div>
            </figcaption>
          </figure>
        ))}
      </div>
      {pages.hasNextPage && (
        <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          {t("more", { count: 60 })}
        </Button>
      )}
    </>
  );
}
