import { Spin, Tag } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Band, type Deployment, type Prediction, useDrift, usePredictions } from "./queries";

const SHOWN = 200;
const MEAN_OF = 20;

/** Light and scores of the newest pictures over the bands that the alarms compare with. */
export function Drift({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const drift = useDrift(project, row.id);
  const found = usePredictions(project, row.id, {}, SHOWN);
  const error = drift.error ?? found.error;
  if (error) return <ErrorNote error={error} onRetry={() => drift.refetch()} />;
  if (!drift.data || !found.data) return <Spin />;
  const rows = found.data.items.filter((one) => one.model_version_id === row.live_model_id).reverse();
  if (rows.length < 2) return <EmptyState title={t("noPredictions")} hint={t("noPredictionsHint")} />;
  return (
    <>
      <p className="tg-muted">{t("drift.hint", { count: rows.length, mean: MEAN_OF })}</p>
      <Series rows={rows} of="brightness" band={drift.data.brightness} most={255} digits={0} />
      <Series rows={rows} of="top_score" band={drift.data.scores} most={1} digits={2} threshold={row.threshold} />
    </>
  );
}

interface SeriesProps {
  rows: readonly Prediction[];
  of: "brightness" | "top_score";
  band: Band | null;
  most: number;
  digits: number;
  threshold?: number;
}

function Series({ rows, of, band, most, digits, threshold }: SeriesProps) {
  const { t } = useTranslation("line");
  const title = t(of === "brightness" ? "brightness" : "topScore");
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 8, right: 12, top: 40, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { top: 0, left: 0, data: [t("drift.each"), t("drift.mean", { mean: MEAN_OF })] },
      tooltip: {
        trigger: "axis",
        valueFormatter: (value: number | null) => (value === null ? "–" : formatNumber(value, digits)),
      },
      xAxis: {
        type: "category",
        data: rows.map((row) => formatDateTime(row.created_at)),
        boundaryGap: false,
        axisLabel: { alignMinLabel: "left", alignMaxLabel: "right", hideOverlap: true },
      },
      yAxis: { type: "value", min: 0, max: most, interval: most === 255 ? 51 : 0.2 },
      series: [
        {
          type: "scatter",
          name: t("drift.each"),
          symbolSize: 5,
          color: "#56b4e9",
          data: rows.map((row) => row[of]),
          markArea: band ? areas(band) : { data: [] },
          markLine: {
            symbol: "none",
            silent: true,
            data: [
              ...(band ? [line(band.median, t("drift.median"), "#009e73", "insideStartTop")] : []),
              ...(threshold === undefined ? [] : [line(threshold, t("threshold"), "#d55e00", "insideEndTop")]),
            ],
          },
        },
        {
          type: "line",
          name: t("drift.mean", { mean: MEAN_OF }),
          showSymbol: false,
          color: "#0072b2",
          lineStyle: { width: 3 },
          data: moving(rows.map((row) => row[of])),
        },
      ],
    }),
    [rows, of, band, most, digits, threshold, t],
  );
  return (
    <section className="tg-section">
      <div className="tg-row">
        <h3>{title}</h3>
        {band && band.psi !== null && (
          <Tag color={band.out ? "red" : "green"}>{t(band.out ? "drift.out" : "drift.in")}</Tag>
        )}
      </div>
      <p className="tg-muted">{band ? <Words band={band} digits={digits} /> : t("drift.none")}</p>
      <Chart label={title} height={220} option={option} />
    </section>
  );
}

/** What the band is, and what the alarm reads now against its bound. */
function Words({ band, digits }: { band: Band; digits: number }) {
  const { t } = useTranslation("line");
  const source = t(`drift.source.${band.source}`, { count: band.n });
  const range = { low: formatNumber(band.q05, digits), high: formatNumber(band.q95, digits) };
  return (
    <>
      {t("drift.band", { source, ...range })}{" "}
      {band.psi === null
        ? t("drift.few")
        : t("drift.psi", {
            psi: formatNumber(band.psi, 2),
            bound: formatNumber(band.bound, 2),
            pictures: formatNumber(band.pictures),
          })}
    </>
  );
}

function areas(band: Band) {
  const area = (low: number, high: number, opacity: number) => [
    { yAxis: low, itemStyle: { color: "#009e73", opacity } },
    { yAxis: high },
  ];
  return { silent: true, data: [area(band.q05, band.q95, 0.12), area(band.q25, band.q75, 0.18)] };
}

function line(value: number, name: string, color: string, position: string) {
  return { yAxis: value, lineStyle: { color, type: "dashed" }, label: { formatter: name, position, color } };
}

/** Mean of the last MEAN_OF values at each place; null before there are so many. */
function moving(values: readonly (number | null)[]): (number | null)[] {
  return values.map((_, at) => {
    const window = values.slice(Math.max(0, at + 1 - MEAN_OF), at + 1).filter((one) => one !== null);
    return window.length < MEAN_OF ? null : window.reduce((sum, one) => sum + one, 0) / window.length;
  });
}
