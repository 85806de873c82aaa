import { Segmented, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { ErrorNote } from "../../ui/ErrorNote";
import { ChangeList } from "./ChangeList";
import { useDiff, useVersion, useVersions } from "./queries";
import { RuleBook } from "./RuleBook";

/** All published versions; the chosen one with what changed since the one before, or as a whole. */
export function VersionsView({ project }: { project: string }) {
  const { t } = useTranslation("rules");
  const [search, setSearch] = useSearchParams();
  const versions = useVersions(project);
  const list = versions.data?.items ?? [];
  const chosen = search.get("version") ?? list[0]?.id ?? null;
  const whole = search.get("show") === "whole";
  const version = useVersion(project, chosen);
  const diff = useDiff(project, whole ? null : chosen, search.get("against"));
  const go = (values: Record<string, string>) => setSearch({ view: "versions", version: chosen ?? "", ...values });
  const names = new Map((version.data?.label_set ?? []).map((entry) => [entry.key, localized(entry.name, entry.key)]));
  if (versions.isPending) return <Spin description={t("loading")} />;
  if (versions.error) return <ErrorNote error={versions.error} onRetry={() => versions.refetch()} />;
  return (
    <div className="tg-draft">
      <nav className="tg-card tg-draft-list" aria-label={t("view.versions")}>
        {list.map((one) => (
          <button
            key={one.id}
            type="button"
            className="tg-pick"
            style={{ display: "block" }}
            aria-pressed={one.id === chosen}
            onClick={() => go({ version: one.id })}
          >
            <strong>
              v{one.major}.{one.minor}
            </strong>{" "}
            {one.note}
            <div className="tg-muted">
              {one.published_at ? formatDateTime(one.published_at) : ""} {one.published_by_name}
            </div>
          </button>
        ))}
      </nav>
      <div className="tg-stack">
        <Segmented
          value={whole ? "whole" : "diff"}
          onChange={(show) => go({ show })}
          options={(["diff", "whole"] as const).map((one) => ({ value: one, label: t(`versions.${one}`) }))}
          style={{ alignSelf: "start" }}
        />
        {chosen && <Link to={`/projects/${project}/rules/${chosen}/touched`}>{t("versions.touched")}</Link>}
        {version.error && <ErrorNote error={version.error} />}
        {whole && version.data && <RuleBook content={version.data} pictures={version.data.pictures ?? {}} />}
        {!whole && diff.error && <ErrorNote error={diff.error} />}
        {!whole && diff.data && (
          <section className="tg-card">
            <h2>
              {diff.data.before_number ? `v${diff.data.before_number}` : t("versions.first")} → v
              {diff.data.after_number}
            </h2>
            <ChangeList changes={diff.data.changes} names={names} />
          </section>
        )}
      </div>
    </div>
  );
}
