import { Button, InputNumber, Spin } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useDeferredValue, useId, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatFen, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { short } from "./figures";
import { type ThresholdChoice, useThresholdChoice } from "./queries";
import "./evaluate.css";

/** Prices of a miss and a false call, in yuan as people type them. */
export interface Prices {
  miss: number;
  falseCall: number;
}

interface Props {
  project: string;
  evaluation: string;
  prices: Prices;
  onPrices: (prices: Prices) => void;
  /** The threshold in use where that is another one than the evaluation's. */
  used?: number;
  /** What one click does with the proposed threshold. */
  action: (choice: ThresholdChoice) => React.ReactNode;
}

/** Two prices in, the cost of every threshold on the benchmark drawn, the cheapest one proposed. */
export function CostThreshold({ project, evaluation, prices, onPrices, used, action }: Props) {
  const { t } = useTranslation("evaluate");
  const asked = useDeferredValue(prices);
  const found = useThresholdChoice(
    project,
    evaluation,
    Math.round(asked.miss * 100),
    Math.round(asked.falseCall * 100),
  );
  return (
    <div className="tg-cost">
      <div className="tg-row">
        <Price label={t("priceMiss")} value={prices.miss} onChange={(miss) => onPrices({ ...prices, miss })} />
        <Price
          label={t("priceFalse")}
          value={prices.falseCall}
          onChange={(falseCall) => onPrices({ ...prices, falseCall })}
        />
        <span className="tg-muted">{t("priceHint")}</span>
      </div>
      {found.error && <ErrorNote error={found.error} />}
      {!found.data && !found.error && <Spin />}
      {found.data && (
        <>
          <Proposal choice={found.data} />
          <div className="tg-row">{action(found.data)}</div>
          <Curve choice={found.data} used={used ?? found.data.now.threshold} />
        </>
      )}
    </div>
  );
}

function Price({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <span className="tg-price">
      <label htmlFor={id}>{label}</label>
      <InputNumber id={id} min={0} max={1e9} prefix="¥" value={value} onChange={(typed) => onChange(typed ?? 0)} />
    </span>
  );
}

/** In words what is proposed, and what it saves against the threshold in use. */
function Proposal({ choice }: { choice: ThresholdChoice }) {
  const { t } = useTranslation("evaluate");
  const { now, proposed } = choice;
  const words = (one: typeof now) => ({
    threshold: short(one.threshold, 2),
    cost: formatFen(one.cost_fen),
    missed: formatNumber(one.missed),
    invented: formatNumber(one.invented),
  });
  return (
    <p aria-live="polite">
      <strong>{t("cheapestIs", words(proposed))}</strong> <span className="tg-muted">{t("nowIs", words(now))}</span>
      <br />
      <span className="tg-muted">
        {t("countedOn", {
          labels: formatNumber(choice.labels),
          items: formatNumber(choice.items),
          evaluation: choice.evaluation,
        })}
      </span>
    </p>
  );
}

function Curve({ choice, used }: { choice: ThresholdChoice; used: number }) {
  const { t } = useTranslation("evaluate");
  const option = useMemo<EChartsCoreOption>(() => {
    const of = (key: "missed" | "invented") => choice.rows.map((row) => [row.threshold, row[key]]);
    const best = choice.proposed.threshold;
    // Low thresholds have thousands of false calls: the axes end where a model that never answers would be.
    const silent = choice.rows.at(-1)?.cost_fen ?? 0;
    const most = Math.max(silent, choice.proposed.cost_fen * 2, choice.now.cost_fen) / 100;
    const many = Math.max(choice.labels, choice.proposed.invented, choice.now.invented) * 1.25;
    // Two marks beside each other would write over each other: each says its word on its own side.
    const sides = used < best ? ["left", "right"] : ["right", "left"];
    return {
      color: ["#0072b2", "#d55e00", "#009e73"],
      grid: { left: 8, right: 8, top: 62, bottom: 26, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { top: 0, itemGap: 12 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "value", name: t("threshold"), nameLocation: "middle", nameGap: 26, min: 0, max: 1 },
      yAxis: [
        { type: "value", name: "¥", min: 0, max: nice(most * 1.25), nameTextStyle: { align: "left" } },
        { type: "value", name: "n", min: 0, max: nice(many), minInterval: 1, splitLine: { show: false } },
      ],
      series: [
        {
          type: "line",
          name: t("costYuan"),
          showSymbol: false,
          lineStyle: { width: 3 },
          areaStyle: { opacity: 0.08 },
          data: choice.rows.map((row) => [row.threshold, row.cost_fen / 100]),
          markLine: {
            symbol: "none",
            silent: true,
            lineStyle: { width: 2 },
            data: [
              { xAxis: used, label: { formatter: t("used"), align: sides[0] === "left" ? "right" : "left" } },
              {
                xAxis: best,
                lineStyle: { type: "solid" },
                label: { formatter: t("cheapest"), align: sides[1] === "left" ? "right" : "left" },
              },
            ],
          },
        },
        { type: "line", name: t("missedAll"), yAxisIndex: 1, showSymbol: false, data: of("missed") },
        {
          type: "line",
          name: t("inventedAll"),
          yAxisIndex: 1,
          showSymbol: false,
          lineStyle: { type: "dashed" },
          data: of("invented"),
        },
      ],
    };
  }, [choice, used, t]);
  return <Chart height={300} label={t("costCurve")} option={option} />;
}

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten, so that an axis ends at a round number. */
function nice(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((one) => one * power >= value) ?? 10);
}

/** The button that takes what is proposed. */
export function TakeButton({ choice, onTake }: { choice: ThresholdChoice; onTake: (choice: ThresholdChoice) => void }) {
  const { t } = useTranslation("evaluate");
  return (
    <Button onClick={() => onTake(choice)}>{t("take", { threshold: short(choice.proposed.threshold, 2) })}</Button>
  );
}

/** Why a threshold was chosen, as it is recorded with it. */
export function useCostReason() {
  const { t } = useTranslation("evaluate");
  return (choice: ThresholdChoice) =>
    t("costReason", {
      evaluation: choice.evaluation,
      miss: formatFen(choice.miss_fen),
      falseCall: formatFen(choice.false_fen),
      missed: formatNumber(choice.proposed.missed),
      invented: formatNumber(choice.proposed.invented),
    });
}
