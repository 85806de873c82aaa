import { useQueryClient } from "@tanstack/react-query";
import { Button, Segmented, Spin } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { BatchList } from "./BatchList";
import { GateBar } from "./GateBar";
import { ImportWizard } from "./ImportWizard";
import { ItemsView } from "./ItemsView";
import { ProblemsView } from "./ProblemsView";
import { useBatches, useReport } from "./queries";
import { RefusedView } from "./RefusedView";
import "../projects/projects.css";
import "./data.css";

const VIEWS = ["items", "batches", "problems", "refused"] as const;
type View = (typeof VIEWS)[number];

/** The data gate: what came in, what is wrong with it, what was refused, and the way to import more. */
export default function DataPage() {
  const { t } = useTranslation("collect");
  const project = useProjectId();
  const lead = hasRole(useRoles(project), "manager", "trainer");
  const [search, setSearch] = useSearchParams();
  const batches = useBatches(project);
  const report = useReport(project);
  const client = useQueryClient();
  const view: View = VIEWS.find((one) => one === search.get("view")) ?? "items";
  const importing = search.get("import") !== null && lead;

  const done = batches.data?.items.filter((batch) => batch.state === "done").length ?? 0;
  useEffect(() => {
    if (done > 0) void client.invalidateQueries({ queryKey: ["collect", project, "report"] });
    if (done > 0) void client.invalidateQueries({ queryKey: ["collect", project, "items"] });
  }, [client, project, done]);

  const change = (values: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(values)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    setSearch(next);
  };
  const openImport = () => change({ import: "1" });

  if (batches.isPending) return <Spin style={{ margin: 40 }} description={t("loading")} />;
  const empty = batches.data?.items.length === 0;
  const open = report.data?.problems.reduce((sum, one) => sum + one.open, 0) ?? 0;
  const count = (state: string) => report.data?.items[state] ?? 0;
  const counts: Record<View, number> = {
    items: count("ok") + count("refused") + count("unread"),
    batches: batches.data?.items.length ?? 0,
    problems: open,
    refused: (report.data?.refused.reduce((sum, one) => sum + one.count, 0) ?? 0) + count("refused"),
  };
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <h1>{t("title")}</h1>
        {lead && !empty && (
          <Button type="primary" onClick={openImport}>
            {t("import")}
          </Button>
        )}
      </div>
      {batches.error && <ErrorNote error={batches.error} onRetry={() => batches.refetch()} />}
      {empty ? (
        <EmptyState
          title={t("none")}
          hint={t("noneHint")}
          action={
            lead && (
              <Button type="primary" onClick={openImport}>
                {t("import")}
              </Button>
            )
          }
          example={<p className="tg-muted">{t("noneExample")}</p>}
        />
      ) : (
        <>
          {report.data && <GateBar project={project} report={report.data} lead={lead} />}
          <Segmented
            value={view}
            onChange={(value) => setSearch(value === "items" ? {} : { view: value })}
            options={VIEWS.map((one) => ({ value: one, label: `${t(`view.${one}`)} ${formatNumber(counts[one])}` }))}
            className="tg-views"
          />
          {view === "items" && <ItemsView project={project} lead={lead} batches={batches.data?.items ?? []} />}
          {view === "batches" && <BatchList project={project} lead={lead} batches={batches.data?.items ?? []} />}
          {view === "problems" && <ProblemsView project={project} lead={lead} />}
          {view === "refused" && (
            <RefusedView project={project} report={report.data} batches={batches.data?.items ?? []} />
          )}
        </>
      )}
      {importing && (
        <ImportWizard
          project={project}
          onClose={() => change({ import: null })}
          onStarted={() => setSearch({ view: "batches" })}
        />
      )}
    </div>
  );
}
