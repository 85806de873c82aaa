import { Button, Form, Input, InputNumber, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatFen, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { CostThreshold, type Prices, TakeButton, useCostReason } from "../evaluate/CostThreshold";
import { useNewestEvaluation } from "./NewDeployment";
import { type Deployment, type Prediction, useDeployActions, usePredictions } from "./queries";

/** Cost of a threshold over answers that people have judged: misses and false calls by their prices. */
export function costs(rows: readonly Prediction[], miss: number, falseCall: number) {
  const judged = rows.filter((row) => row.feedback && row.top_score !== null && row.verdict !== "check");
  const bad = (row: Prediction) => {
    const said = row.feedback;
    if (said?.kind === "right") return row.verdict === "defect";
    return said?.reason === "missed" || (row.verdict === "defect" && said?.reason !== "false_call");
  };
  const steps = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
  const curve = steps.map((threshold) => {
    const missed = judged.filter((row) => bad(row) && (row.top_score ?? 0) < threshold).length;
    const called = judged.filter((row) => !bad(row) && (row.top_score ?? 0) >= threshold).length;
    return { threshold, missed, called, fen: missed * miss + called * falseCall };
  });
  const best = curve.reduce(
    (least, one) => (one.fen < least.fen ? one : least),
    curve[0] ?? { threshold: 0.5, fen: 0 },
  );
  return { judged: judged.length, curve, best: best.threshold };
}

interface Values {
  threshold: number;
  doubt?: number | null;
  reason: string;
}

/** The threshold with the prices behind it: by the benchmark, and by what people said of this line's own answers. */
export function Threshold({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const { threshold } = useDeployActions(project);
  const reasonOf = useCostReason();
  const [form] = Form.useForm<Values>();
  const [prices, setPrices] = useState<Prices>({ miss: row.cost_miss_fen / 100, falseCall: row.cost_false_fen / 100 });
  const evaluation = useNewestEvaluation(project, row.live_model_id);
  function take(value: number, reason: string) {
    const doubt = form.getFieldValue("doubt") as number | null | undefined;
    form.setFieldsValue({ threshold: value, reason, doubt: doubt != null && doubt > value ? null : (doubt ?? null) });
  }
  return (
    <>
      <p className="tg-muted">
        {t("thresholdNow", { threshold: formatNumber(row.threshold, 2), why: row.threshold_reason || "–" })}
      </p>
      <Form<Values>
        form={form}
        layout="inline"
        style={{ rowGap: 8 }}
        initialValues={{ threshold: row.threshold, doubt: row.doubt }}
        onFinish={(values) =>
          threshold.mutate({
            id: row.id,
            body: {
              threshold: values.threshold,
              doubt: values.doubt ?? null,
              cost_miss_fen: Math.round(prices.miss * 100),
              cost_false_fen: Math.round(prices.falseCall * 100),
              reason: values.reason,
            },
          })
        }
      >
        <Form.Item name="threshold" label={t("threshold")}>
          <InputNumber min={0} max={1} step={0.01} />
        </Form.Item>
        <Form.Item name="doubt" label={t("doubt")} tooltip={t("doubtHint")}>
          <InputNumber min={0} max={1} step={0.01} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t("reasonField")}
          rules={[{ required: true, min: 2, message: t("reasonNeeded") }]}
        >
          <Input maxLength={500} style={{ width: "min(420px, 56vw)" }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={threshold.isPending}>
          {t("save")}
        </Button>
      </Form>
      {threshold.error && <ErrorNote error={threshold.error} />}
      <h3>{t("onBenchmark")}</h3>
      {evaluation ? (
        <CostThreshold
          project={project}
          evaluation={evaluation.id}
          prices={prices}
          onPrices={setPrices}
          used={row.threshold}
          action={(choice) => (
            <TakeButton choice={choice} onTake={(one) => take(one.proposed.threshold, reasonOf(one))} />
          )}
        />
      ) : (
        <p className="tg-muted">
          {t("noCurve")}{" "}
          <Link to={`/projects/${project}/evaluations?model=${row.live_model ?? ""}`}>{t("toEvaluate")}</Link>
        </p>
      )}
      <h3>{t("onLine")}</h3>
      <OnLine project={project} row={row} prices={prices} onTake={take} />
    </>
  );
}

interface OnLineProps {
  project: string;
  row: Deployment;
  prices: Prices;
  onTake: (threshold: number, reason: string) => void;
}

/** The same prices over what people on the line said of its own answers. */
function OnLine({ project, row, prices, onTake }: OnLineProps) {
  const { t } = useTranslation("line");
  const wrong = usePredictions(project, row.id, { marked: "wrong" }, 200);
  const right = usePredictions(project, row.id, { marked: "right" }, 200);
  if (!wrong.data || !right.data) return <Spin />;
  const found = costs([...wrong.data.items, ...right.data.items], prices.miss * 100, prices.falseCall * 100);
  if (found.judged < 5) return <p className="tg-muted">{t("noCostsHint", { count: found.judged })}</p>;
  const words = { threshold: formatNumber(found.best, 2), count: found.judged };
  return (
    <>
      <p>
        {t("costBest", words)}{" "}
        <Button size="small" onClick={() => onTake(found.best, t("costReason", words))}>
          {t("take")}
        </Button>
      </p>
      <Chart
        label={t("costCurve")}
        option={{
          tooltip: { trigger: "axis", valueFormatter: (value: number) => formatFen(Math.round(value * 100)) },
          grid: { left: 60, right: 20, top: 30, bottom: 36 },
          xAxis: { type: "value", min: 0, max: 1, name: t("threshold"), nameLocation: "middle", nameGap: 22 },
          yAxis: { type: "value", name: t("costAxis", { count: found.judged }), nameTextStyle: { align: "left" } },
          series: [
            {
              type: "line",
              step: "start",
              showSymbol: false,
              data: found.curve.map((one) => [one.threshold, one.fen / 100]),
              markLine: {
                symbol: "none",
                silent: true,
                data: [{ xAxis: row.threshold, label: { formatter: t("now") } }],
              },
            },
          ],
        }}
      />
    </>
  );
}
