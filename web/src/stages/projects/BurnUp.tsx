import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../../api/client";
import { formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";

function dayBefore(day: string): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10);
}

/** Items and accepted items day by day: how much there is, and how much of it is done. */
export function BurnUp({ project }: { project: string }) {
  const { t } = useTranslation("projects");
  const { data } = useQuery({
    queryKey: ["quality", "burn-up", project],
    staleTime: 60_000,
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/burn-up", { params: { path: { project_id: project } } })),
  });
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
      grid: { left: 46, right: 16, top: 30, bottom: 26 },
      legend: { top: 0, left: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "time", minInterval: 86_400_000 },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        { ...line, name: items, color: "#8a97a8", data: shown.map((one) => [one.day, one.items]) },
        {
          ...line,
          name: accepted,
          color: "#198754",
          areaStyle: { opacity: 0.15 },
          data: shown.map((one) => [one.day, one.accepted]),
        },
      ],
    };
  }, [data, items, accepted]);
  const last = data?.at(-1);
  if (!last) return null;
  return (
    <section className="tg-card" style={{ marginTop: 14 }}>
      <h2>{t("burn.title")}</h2>
      <div className="tg-muted">
        {t("burn.now", { items: formatNumber(last.items), accepted: formatNumber(last.accepted) })}
      </div>
      <Chart label={t("burn.title")} option={option} height={190} />
    </section>
  );
}
