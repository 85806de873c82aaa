import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../../api/client";
import { hasRole, type Role } from "../../api/me";
import type { components } from "../../api/schema";
import { formatDate, formatFen, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { useCosts, useForecast } from "./queries";

function dayBefore(day: string): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10);
}

/** Items and accepted items day by day: how much there is, and how much of it is done. */
export function BurnUp({ project, roles }: { project: string; roles: ReadonlySet<Role> }) {
  const { t } = useTranslation("projects");
  const { data } = useQuery({
    queryKey: ["quality", "burn-up", project],
    staleTime: 60_000,
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/burn-up", { params: { path: { project_id: project } } })),
  });
  const { data: forecast } = useForecast(project, hasRole(roles, "inspector", "trainer", "manager"));
  const { data: costs } = useCosts(project, hasRole(roles, "manager"));
  const cost = t("burn.cost");
  const finish = t("burn.finish");
  const items = t("burn.items");
  const accepted = t("burn.accepted");
  const option = useMemo(() => {
    const days = data ?? [];
    // From nothing the day before, until today: the first day is a step, a standstill a flat line.
    const [first] = days;
    const last = days.at(-1);
    const today = new Date().toISOString().slice(0, 10);
    const before = first ? [{ day: dayBefore(first.day), items: 0, accepted: 0 }] : [];
    const after = last && last.day < today ? [{ ...last, day: today }] : [];
    const shown = [...before, ...days, ...after];
    const line = { type: "line", step: "end", symbolSize: 6 };
    return {
      grid: { left: 46, right: costs?.days.length ? 56 : 16, top: 30, bottom: 26 },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "time", minInterval: 86_400_000 },
      yAxis: [
        { type: "value", minInterval: 1 },
        ...(costs?.days.length ? [{ type: "value", splitLine: { show: false } }] : []),
      ],
      series: [
        { ...line, name: items, color: "#8a97a8", data: shown.map((one) => [one.day, one.items]) },
        {
          ...line,
          name: accepted,
          color: "#198754",
          areaStyle: { opacity: 0.15 },
          data: shown.map((one) => [one.day, one.accepted]),
          ...(forecast?.ready && forecast.early && forecast.late && last
            ? {
                markArea: {
                  silent: true,
                  itemStyle: { color: "#0f6cd6", opacity: 0.12 },
                  data: [[{ name: finish, xAxis: forecast.early }, { xAxis: forecast.late }]],
                },
              }
            : {}),
        },
        ...(forecast?.ready && forecast.late && last
          ? [{ type: "line", symbol: "none", lineStyle: { opacity: 0 }, data: [[forecast.late, last.items]] }]
          : []),
        ...(costs?.days.length
          ? [
              {
                ...line,
                name: cost,
                yAxisIndex: 1,
                color: "#a66300",
                lineStyle: { type: "dashed" },
                data: costs.days.map((one) => [one.day, one.cost_fen / 100]),
              },
            ]
          : []),
      ],
    };
  }, [data, items, accepted, forecast, costs, cost, finish]);
  const last = data?.at(-1);
  if (!last) return null;
  return (
    <section className="tg-card" style={{ marginTop: 14 }}>
      <h2>{t("burn.title")}</h2>
      <div className="tg-muted">
        {t("burn.now", { items: formatNumber(last.items), accepted: formatNumber(last.accepted) })}
      </div>
      {costs && costs.days.length > 0 && (
        <div className="tg-muted">{t("burn.costNow", { amount: formatFen(costs.days.at(-1)?.cost_fen ?? 0) })}</div>
      )}
      {costs?.problem && <div className="tg-muted">⚠ {costs.problem}</div>}
      {forecast && <Forecast forecast={forecast} />}
      <Chart label={t("burn.title")} option={option} height={190} />
    </section>
  );
}

function Forecast({ forecast }: { forecast: components["schemas"]["FinishForecast"] }) {
  const { t } = useTranslation("projects");
  const { left, days, ready, early, middle, late } = forecast;
  if (left === 0) return null;
  if (!ready) return <div className="tg-muted">{t("burn.tooEarly", { days, needed: forecast.needed_days })}</div>;
  const word = (day: string | null) => (day ? formatDate(day) : t("burn.never"));
  return (
    <div className="tg-muted" title={t("burn.how", { days })}>
      {t("burn.band", { left: formatNumber(left), early: word(early), middle: word(middle), late: word(late), days })}
    </div>
  );
}
