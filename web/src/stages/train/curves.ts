import type { EChartsCoreOption } from "echarts/core";

export interface Point {
  step: number;
  loss?: number;
  holdout?: number;
  metric?: string;
}

export interface Curve {
  name: string;
  points: readonly Point[];
}

interface Words {
  step: string;
  loss: string;
  holdout: string;
}

/** Loss on the left axis, the metric on held-out training items on the right; a colour for each run. */
export function curveOption(curves: readonly Curve[], words: Words): EChartsCoreOption {
  const last = Math.max(1, ...curves.flatMap((curve) => curve.points.map((point) => point.step)));
  const series = curves.flatMap((curve) => {
    const losses = curve.points.filter((point) => typeof point.loss === "number");
    const looks = curve.points.filter((point) => typeof point.holdout === "number");
    const prefix = curves.length > 1 ? `${curve.name} ` : "";
    return [
      {
        type: "line",
        showSymbol: false,
        name: `${prefix}${words.loss}`,
        data: losses.map((point) => [point.step, point.loss]),
      },
      {
        type: "line",
        yAxisIndex: 1,
        name: `${prefix}${words.holdout}`,
        lineStyle: { type: "dashed" },
        data: looks.map((point) => [point.step, point.holdout]),
      },
    ].filter((one) => one.data.length > 0);
  });
  return {
    legend: { top: 0, type: "scroll" },
    tooltip: { trigger: "axis" },
    xAxis: { type: "value", name: words.step, max: last },
    yAxis: [
      { type: "value", name: words.loss, scale: true },
      { type: "value", name: words.holdout, min: 0, max: 1, splitLine: { show: false } },
    ],
    grid: { left: 50, right: 60, top: 50, bottom: 30 },
    series,
  };
}
