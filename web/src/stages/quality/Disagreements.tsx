import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useDisagreements } from "./queries";
import { SettleView } from "./SettleView";

/** Items that several people answered differently: a list, and one of them open in the editor. */
export function Disagreements({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const [search, setSearch] = useSearchParams();
  const list = useDisagreements(project);
  if (list.isPending) {
    return <Spin style={{ margin: "40vh auto", display: "block" }} description={t("review.loading")} />;
  }
  const items = list.data?.items ?? [];
  const open = items.find((one) => one.item_id === search.get("item"));
  const show = (item: string | undefined) => setSearch({ view: "disagreements", ...(item ? { item } : {}) });
  if (open && !open.own) {
    const following = items.find((one) => one.item_id !== open.item_id && !one.own)?.item_id;
    return (
      <SettleView
        key={open.item_id}
        project={project}
        one={open}
        onDone={() => show(following)}
        onBack={() => show(undefined)}
      />
    );
  }
  return (
    <div className="tg-page">
      <p>
        <Link to="?">← {t("review.stack")}</Link> · <Link to={`/projects/${project}`}>{t("review.toMap")}</Link>
      </p>
      <h1>{t("review.disagreementsTitle")}</h1>
      <p className="tg-muted">{t("review.disagreementsHint")}</p>
      {list.error && <ErrorNote error={list.error} onRetry={() => list.refetch()} />}
      {list.data && items.length === 0 && (
        <EmptyState title={t("review.noDisagreements")} hint={t("review.disagreementsHint")} />
      )}
      <div className="tg-answers">
        {items.map((one) => (
          <div key={one.item_id} className="tg-card">
            {one.item.thumb_url && <img src={one.item.thumb_url} alt="" className="tg-picture" loading="lazy" />}
            <div>
              {one.own ? one.item.name : <Link to={`?view=disagreements&item=${one.item_id}`}>{one.item.name}</Link>}
            </div>
            <div className="tg-muted">
              {t("review.answers", { count: one.answers.length })} {one.own && `· ${t("review.own")}`}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
