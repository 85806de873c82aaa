import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { toApiError } from "../../api/errors";
import { formatDuration, formatNumber } from "../../i18n/format";
import { Chart } from "../../ui/Chart";
import { useErrorText } from "../../ui/useErrorText";
import { onnxText } from "./Compare";
import { curveOption, type Point } from "./curves";
import { figure } from "./names";
import { useRun, useTrainActions } from "./queries";

/** One training: its live curve, figures by class, the check of the export, what went wrong. */
export function RunPanel({ project, run }: { project: string; run: string }) {
  const { t } = useTranslation("train");
  const found = useRun(project, run);
  const { cancel } = useTrainActions(project);
  if (!found.data) return <Spin />;
  const { curve, result, state, error, metrics } = found.data;
  const points = curve as unknown as Point[];
  const main = Object.keys(metrics)[0] ?? "";
  const classes = (result.classes as Record<string, Record<string, { value: number | null }>> | undefined)?.[main];
  const split = result.split as Record<string, number> | undefined;
  const baseline = result.baseline as { metrics?: Record<string, unknown> } | undefined;
  return (
    <div>
      {error && <RunError error={error} />}
      {points.length > 1 && (
        <Chart
          height={240}
          label={t("curve")}
          option={curveOption([{ name: "", points }], { step: t("step"), loss: t("loss"), holdout: t("holdout") })}
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
        {typeof result.seconds_per_step === "number" && (
          <span>
            {t("pace")} {formatNumber(result.seconds_per_step, 3)} s
          </span>
        )}
        {result.onnx !== undefined && (
          <span>
            {t("onnx")} {onnxText(found.data)}
          </span>
        )}
        {baseline?.metrics && (
          <span>
            {t("baseline")} {figure(baseline.metrics, main)}
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
