import { Button, Spin, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useParams, useSearchParams } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber, formatPercent } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure } from "../../ui/Figure";
import { useProjectId } from "../projects/queries";
import { AlarmList } from "./AlarmList";
import { ConsoleDesign } from "./ConsoleDesign";
import { Devices } from "./Devices";
import { Drift } from "./Drift";
import { History } from "./History";
import { ModelTag } from "./LinePage";
import { Log } from "./Log";
import { LoopStrip } from "./LoopStrip";
import { type Deployment, useDeployment, useSummary } from "./queries";
import { RouteForm } from "./RouteForm";
import { Running } from "./Running";
import { Threshold } from "./Threshold";
import "../projects/projects.css";
import "./line.css";

/** One place on the line: what runs, what came through, what is wrong, and how it is set up. */
export default function DeploymentPage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const { deployment = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const roles = useRoles(project);
  const found = useDeployment(project, deployment);
  if (found.isPending) return <Spin style={{ margin: 40 }} />;
  if (!found.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={found.error} onRetry={() => found.refetch()} />
      </div>
    );
  }
  const row = found.data;
  const makes = hasRole(roles, "manager", "trainer", "engineer");
  const staff = makes || hasRole(roles, "inspector");
  // An operator has the console and its shift, nothing else.
  if (roles.size > 0 && !staff) return <Navigate to={`/projects/${project}/line/${row.id}/console`} replace />;
  const tabs = [
    { key: "traffic", label: t("tab.traffic"), children: <Traffic project={project} row={row} /> },
    { key: "log", label: t("tab.log"), children: <Log project={project} deployment={row.id} /> },
    { key: "drift", label: t("tab.drift"), children: <Drift project={project} row={row} /> },
    ...(staff
      ? [
          {
            key: "alarms",
            label: t("tab.alarms"),
            children: <AlarmList project={project} deployments={[row]} deployment={row.id} />,
          },
        ]
      : []),
    ...(makes
      ? [
          { key: "threshold", label: t("tab.threshold"), children: <Threshold project={project} row={row} /> },
          { key: "console", label: t("tab.console"), children: <ConsoleDesign project={project} row={row} /> },
          { key: "route", label: t("tab.route"), children: <RouteForm project={project} row={row} /> },
          { key: "devices", label: t("tab.devices"), children: <Devices project={project} deployment={row.id} /> },
        ]
      : []),
    { key: "history", label: t("tab.history"), children: <History project={project} deployment={row.id} /> },
  ];
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <div>
          <h1>{row.name}</h1>
          <div className="tg-row">
            <Tag>{t(`state.${row.state}`)}</Tag> <ModelTag row={row} />
            {row.shadow_model && (
              <span>
                {t("shadow")} m{row.shadow_model}
              </span>
            )}
            {row.live_since && <span className="tg-muted">{t("since", { at: formatDateTime(row.live_since) })}</span>}
          </div>
        </div>
        <Link to={`/projects/${project}/line/${row.id}/console`}>
          <Button type="primary">{t("openConsole")}</Button>
        </Link>
      </div>
      {makes && <Running project={project} row={row} />}
      <Tabs
        activeKey={params.get("view") ?? "traffic"}
        onChange={(view) => setParams({ view }, { replace: true })}
        items={tabs}
        destroyOnHidden
      />
    </div>
  );
}

/** The present shift: figures with what they count, hours as bars, and the loop of this place. */
function Traffic({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const found = useSummary(project, row.id);
  if (found.error) return <ErrorNote error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Spin />;
  const data = found.data;
  const home = `/projects/${project}/line/${row.id}?view=log`;
  const share = data.wrong_share;
  return (
    <>
      <p className="tg-muted">
        {t("console.since", { from: formatDateTime(data.since), to: formatDateTime(data.until) })}
      </p>
      <div className="tg-figures">
        <Figure label={t("shift.pictures")} value={formatNumber(data.pictures)} to={home} />
        {(["ok", "defect", "check"] as const).map((verdict) => (
          <Figure
            key={verdict}
            label={t(`verdict.${verdict}`)}
            value={formatNumber(data.verdicts[verdict] ?? 0)}
            to={`${home}&verdict=${verdict}`}
          />
        ))}
        <Figure
          label={t("shift.wrong")}
          value={formatNumber(data.wrong)}
          to={`${home}&marked=wrong`}
          note={
            share
              ? `${formatPercent(share.value ?? 0)}（${formatPercent(share.low ?? 0)}–${formatPercent(share.high ?? 0)}）`
              : ""
          }
        />
        <Figure
          label={t("latency")}
          value={data.latency_ms.p50 == null ? "–" : formatNumber(data.latency_ms.p50, 0)}
          unit=" ms p50"
          note={data.latency_ms.p95 == null ? "" : `p95 ${formatNumber(data.latency_ms.p95, 0)} ms`}
        />
        {data.shadow && (
          <Figure
            label={t("shadowOther")}
            value={formatNumber(data.shadow.other ?? 0)}
            note={t("ofAnswers", { count: data.shadow.answers ?? 0 })}
          />
        )}
      </div>
      {data.hours.length > 0 && (
        <Chart
          label={t("byHour")}
          height={260}
          option={{
            tooltip: { trigger: "axis" },
            // Below the hours: at the top it would lie over the unit where the words need two lines.
            legend: { bottom: 0 },
            grid: { left: 44, right: 16, top: 30, bottom: 74 },
            xAxis: { type: "category", data: data.hours.map((hour) => `${new Date(hour.at).getHours()}:00`) },
            yAxis: { type: "value", name: t("shift.pictures"), minInterval: 1 },
            series: (["ok", "defect", "check", "wrong"] as const).map((key) => ({
              name: key === "wrong" ? t("shift.wrong") : t(`verdict.${key}`),
              type: key === "wrong" ? "line" : "bar",
              ...(key === "wrong" ? {} : { stack: "all" }),
              color: { ok: "#198754", defect: "#c0302b", check: "#a66300", wrong: "#0f6cd6" }[key],
              data: data.hours.map((hour) => hour[key]),
            })),
          }}
        />
      )}
      <LoopStrip project={project} deployment={row.id} />
    </>
  );
}
