import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { useLabelNames } from "./labelset";
import type { Quality } from "./queries";

/** What people answer where another label is right: rows right, columns answered; "" is no label. */
export function Confusion({ project, cells }: { project: string; cells: Quality["confusion"] }) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const keys = useMemo(() => {
    const all = [...new Set(cells.flatMap((cell) => [cell.expected, cell.answered]))].filter(Boolean).sort();
    return [...all, ""];
  }, [cells]);
  const words = keys.map((key) => (key ? name(key) : t("page.nothing"))).join("\n");
  const right = t("page.expected");
  const answered = t("page.answered");
  const option = useMemo(() => {
    const axis = words.split("\n");
    const data = cells.map((cell) => [keys.indexOf(cell.answered), keys.indexOf(cell.expected), cell.count]);
    const wrong = cells.filter((cell) => cell.expected !== cell.answered).map((cell) => cell.count);
    const label = { interval: 0, hideOverlap: false };
    return {
      grid: { left: 110, right: 20, top: 10, bottom: 70 },
      tooltip: {
        formatter: ({ value }: { value: [number, number, number] }) =>
          `${right}: ${axis[value[1]]} · ${answered}: ${axis[value[0]]} · ${value[2]}`,
      },
      xAxis: { type: "category", data: axis, name: answered, nameLocation: "middle", nameGap: 46, axisLabel: label },
      yAxis: { type: "category", data: axis, inverse: true, axisLabel: label },
      visualMap: {
        show: false,
        min: 0,
        max: Math.max(1, ...wrong),
        dimension: 2,
        inRange: { color: ["rgba(15,108,214,0.08)", "rgba(15,108,214,0.85)"] },
      },
      series: [{ type: "heatmap", data, label: { show: true }, itemStyle: { borderWidth: 1, borderColor: "#8884" } }],
    };
  }, [cells, keys, words, right, answered]);
  return (
    <section className="tg-section">
      <h2>{t("page.confusion")}</h2>
      {total === 0 ? (
        <p className="tg-muted">{t("page.noConfusion")}</p>
      ) : (
        <>
          <p className="tg-muted">{t("page.confusionHint", { n: formatNumber(total) })}</p>
          <div style={{ maxWidth: 760 }}>
            <Chart label={t("page.confusion")} height={90 + keys.length * 36} option={option} />
          </div>
        </>
      )}
    </section>
  );
}
