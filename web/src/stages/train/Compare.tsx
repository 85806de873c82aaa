import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { formatDuration, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { curveOption, type Point } from "./curves";
import { figure, metricName, useParamName, valueText } from "./names";
import { type RunDetail, useComparison } from "./queries";

/** Two or more trainings side by side: curves, figures with intervals, and only the parameters that differ. */
export function Compare({ project, ids }: { project: string; ids: readonly string[] }) {
  const { t } = useTranslation("train");
  const nameOf = useParamName();
  const found = useComparison(project, ids);
  if (found.error) return <ErrorNote error={found.error} />;
  if (!found.data) return <Spin />;
  const { runs, differs, metrics, comparable } = found.data;
  const curves = runs.map((run) => ({ name: `#${run.number}`, points: run.curve as unknown as Point[] }));
  const number = (run: RunDetail, name: string) => {
    const value = run.result[name];
    return typeof value === "number" ? value : undefined;
  };
  const rows: [string, (run: RunDetail) => string][] = [
    [t("data"), (run) => `v${run.dataset_version}`],
    [t("code"), (run) => valueText(run.result.code)],
    [t("seed"), (run) => valueText(run.seed)],
    ...metrics.map((id): [string, (run: RunDetail) => string] => [metricName(id), (run) => figure(run.metrics, id)]),
    [t("steps"), (run) => valueText(number(run, "steps"))],
    [t("took"), (run) => (number(run, "seconds") === undefined ? "–" : formatDuration(number(run, "seconds") ?? 0))],
    [t("pace"), (run) => (number(run, "seconds_per_step") === undefined ? "–" : pace(number(run, "seconds_per_step")))],
    [t("onnx"), (run) => onnxText(run)],
  ];
  return (
    <section className="tg-card" style={{ margin: "12px 0" }} aria-label={t("compare")}>
      <h2>{t("compare")}</h2>
      {!comparable && <p className="tg-note tg-note-warn">{t("notComparable")}</p>}
      <Chart
        height={260}
        label={t("curve")}
        option={curveOption(curves, { step: t("step"), loss: t("loss"), holdout: t("holdout") })}
      />
      <div style={{ overflowX: "auto" }}>
        <table className="tg-compare">
          <thead>
            <tr>
              <th />
              {runs.map((run) => (
                <th key={run.id}>#{run.number}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {runs.map((run) => (
                  <td key={run.id}>{cell(run)}</td>
                ))}
              </tr>
            ))}
            {Object.entries(differs).map(([name, values]) => (
              <tr key={name} className="tg-differs">
                <th scope="row">{nameOf(name)}</th>
                {runs.map((run, at) => (
                  <td key={run.id}>{valueText(values[at])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function pace(seconds: number | undefined): string {
  return `${formatNumber(seconds ?? 0, 3)} s`;
}

/** Largest difference of the exported model from the trained one, on real items. */
export function onnxText(run: RunDetail): string {
  const check = run.result.onnx as { score?: number; pixels?: number } | undefined;
  if (check?.score === undefined) return "–";
  const score = check.score.toExponential(1);
  return check.pixels ? `${score} · ${check.pixels.toExponential(1)} px` : score;
}
