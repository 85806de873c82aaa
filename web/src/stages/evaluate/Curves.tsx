import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { useLabelNames } from "../quality/labelset";
import { COLORS } from "../rules/colors";
import { type Measured, short } from "./figures";

const GRID = { left: 46, right: 24, top: 40, bottom: 40 };

/** Precision against recall of every label class, with the number of drawn labels behind each. */
export function PrecisionRecall({ project, measured }: { project: string; measured: Measured }) {
  const { t } = useTranslation("evaluate");
  const label = useLabelNames(project);
  const names = measured.precision_recall.map((one) => `${label(one.label)} · n ${formatNumber(one.labels)}`);
  const key = names.join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: names change with the language and the rules only
  const option = useMemo<EChartsCoreOption>(
    () => ({
      color: [...COLORS],
      grid: { ...GRID, top: 60 },
      legend: { type: "scroll", top: 0, data: names },
      tooltip: { trigger: "item" },
      xAxis: { type: "value", name: t("recall"), nameLocation: "middle", nameGap: 26, min: 0, max: 1 },
      yAxis: { type: "value", name: t("precision"), min: 0, max: 1 },
      series: measured.precision_recall.map((one, at) => ({
        type: "line",
        name: names[at],
        showSymbol: false,
        lineStyle: { type: at % 2 ? "dashed" : "solid" },
        data: one.score.map((score, place) => [place / 100, one.precision[place], score]),
        tooltip: {
          formatter: (point: { value: number[] }) =>
            `${names[at]}<br>${t("recall")} ${short(point.value[0])} · ${t("precision")} ${short(point.value[1])}<br>${t("score")} ${short(point.value[2])}`,
        },
      })),
    }),
    [measured, t, key],
  );
  return <Chart height={320} label={t("prCurve")} option={option} />;
}

/** Precision, recall and F1 over the threshold; the one in use and the best by F1 are marked. */
export function Thresholds({ measured }: { measured: Measured }) {
  const { t } = useTranslation("evaluate");
  const { rows, best_f1 } = measured.thresholds;
  const now = measured.operating.threshold;
  const option = useMemo<EChartsCoreOption>(() => {
    const lines = (["precision", "recall", "f1"] as const).map((id, at) => ({
      type: "line",
      name: t(id),
      showSymbol: false,
      lineStyle: { type: (["solid", "dashed", "dotted"] as const)[at] },
      data: rows.map((row) => [row.threshold, row[id]]),
      ...(at === 0
        ? {
            markLine: {
              symbol: "none",
              silent: true,
              data: [{ xAxis: now, label: { formatter: t("used"), position: "end" } }],
            },
          }
        : {}),
    }));
    return {
      color: [...COLORS],
      grid: { ...GRID, top: 56 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "value", name: t("threshold"), nameLocation: "middle", nameGap: 26, min: 0, max: 1 },
      yAxis: { type: "value", min: 0, max: 1 },
      series: lines,
    };
  }, [rows, now, t]);
  return (
    <>
      <Chart height={320} label={t("thresholdCurve")} option={option} />
      <p className="tg-muted">
        {best_f1 && t("bestF1", { threshold: short(best_f1.threshold, 2), f1: short(best_f1.f1) })}
      </p>
    </>
  );
}

/** How sure the model is against how often it is right, with the number of answers behind each point. */
export function Calibration({ measured }: { measured: Measured }) {
  const { t } = useTranslation("evaluate");
  const { bins, ece } = measured.calibration;
  const option = useMemo<EChartsCoreOption>(() => {
    const there = bins.filter((bin) => bin.score !== null);
    const most = Math.max(1, ...there.map((bin) => bin.n));
    return {
      color: [...COLORS],
      grid: GRID,
      tooltip: {
        formatter: (point: { value: number[] }) =>
          `${t("score")} ${short(point.value[0])}<br>${t("shareRight")} ${short(point.value[1])}<br>n ${formatNumber(point.value[2] ?? 0)}`,
      },
      xAxis: { type: "value", name: t("score"), nameLocation: "middle", nameGap: 26, min: 0, max: 1 },
      yAxis: { type: "value", name: t("shareRight"), min: 0, max: 1 },
      series: [
        {
          type: "line",
          silent: true,
          showSymbol: false,
          lineStyle: { type: "dashed", opacity: 0.5 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: "scatter",
          symbolSize: (value: number[]) => 6 + 20 * Math.sqrt((value[2] ?? 0) / most),
          data: there.map((bin) => [bin.score, bin.right, bin.n]),
        },
      ],
    };
  }, [bins, t]);
  return (
    <>
      <Chart height={260} label={t("calibration")} option={option} />
      <p className="tg-muted">{t("eceHint", { ece: short(ece.value) })}</p>
    </>
  );
}
