import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { toApiError } from "../../api/errors";
import { formatDuration, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { useErrorText } from "../../ui/useErrorText";
import { useRun, useTrainActions } from "./queries";

interface Point {
  step: number;
  loss?: number;
}

/** One training: its live curve, figures by class, the check of the export, what went wrong. */
export function RunPanel({ project, run }: { project: string; run: string }) {
  const { t } = useTranslation("train");
  const found = useRun(project, run);
  const { cancel } = useTrainActions(project);
  if (!found.data) return <Spin />;
  const { curve, result, state, error, metrics } = found.data;
  const points = (curve as unknown as Point[]).filter((point) => typeof point.loss === "number");
  const classes = (metrics.map50 as { classes?: Record<string, { value: number | null }> } | undefined)?.classes;
  const split = result.split as Record<string, number> | undefined;
  return (
    <div>
      {error && <RunError error={error} />}
      {points.length > 1 && (
        <Chart
          height={220}
          label={t("curve")}
          option={{
            xAxis: { type: "value", name: t("step"), max: points.at(-1)?.step ?? 1 },
            yAxis: { type: "value", name: t("loss"), scale: true },
            grid: { left: 50, right: 60, top: 30, bottom: 30 },
            series: [
              { type: "line", showSymbol: false, name: t("loss"), data: points.map((one) => [one.step, one.loss]) },
            ],
          }}
        />
      )}
      <div className="tg-row tg-muted">
        {split && (
          <span>{t("split", { train: split.train ?? 0, kept: split.kept ?? 0, left: split.left_out ?? 0 })}</span>
        )}
        {typeof result.seconds === "number" && <span>{formatDuration(result.seconds)}</span>}
        {typeof result.steps === "number" && (
          <span>
            {formatNumber(result.steps)} {t("step")}
          </span>
        )}
      </div>
      {classes && (
        <ul className="tg-list">
          {Object.entries(classes).map(([name, one]) => (
            <li key={name}>
              {name} <strong>{one.value === null ? "–" : formatNumber(one.value, 3)}</strong>
            </li>
          ))}
        </ul>
      )}
      {(state === "running" || state === "queued") && (
        <Button size="small" onClick={() => cancel.mutate(run)}>
          {t("cancel")}
        </Button>
      )}
    </div>
  );
}

function RunError({ error }: { error: Record<string, unknown> }) {
  const { text } = useErrorText(toApiError(422, error));
  return <div className="tg-note tg-note-bad">{text}</div>;
}
