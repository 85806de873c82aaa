import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";

/** The name of a parameter in the person's language; one that is not known keeps its key. */
export function useParamName(): (name: string) => string {
  const { t } = useTranslation("train");
  return (name) => t(`param.${name}` as "param.steps", { defaultValue: name });
}

/** The name of a metric as people write it. */
export function metricName(id: string): string {
  const names: Record<string, string> = {
    map50: "mAP50",
    map50_95: "mAP50-95",
    macro_f1: "F1",
    ece: "ECE",
    qwk: "QWK",
    grade_mae: "MAE",
    within_one: "±1",
  };
  return names[id] ?? id;
}

/** A share with its interval: 0.671 (0.63–0.71). */
export function figure(metrics: Record<string, unknown>, id: string): string {
  const found = metrics[id] as { value?: number | null; low?: number | null; high?: number | null } | undefined;
  if (found?.value === undefined || found.value === null) return "–";
  const value = formatNumber(found.value, 3);
  if (found.low === undefined || found.low === null || found.high === undefined || found.high === null) return value;
  return `${value} (${formatNumber(found.low, 2)}–${formatNumber(found.high, 2)})`;
}

/** All figures of a training or model, by name. */
export function figures(metrics: Record<string, unknown>): string {
  const ids = Object.keys(metrics).filter((id) => id !== "ece");
  return ids.map((id) => `${metricName(id)} ${figure(metrics, id)}`).join(" · ") || "–";
}

/** A parameter's value in few signs. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return String(value);
  return typeof value === "boolean" ? (value ? "✓" : "✗") : String(value);
}

const HELD = /^best F1 on (\d+) held-out training items of (\d+) groups(, which also fixed the temperature)?$/;
const FITTED = /^best F1 on (\d+) training items \(no hold-out\)/;

/** Where a model's threshold comes from, in the reader's language. The model's card says it in English, for it travels
 * with the model; words that no recipe of ours writes (a model registered from elsewhere) stay as they are. */
export function thresholdSource(words: string, t: TFunction<"train">): string {
  const held = HELD.exec(words);
  if (held) return t(held[3] ? "thresholdHeldCalibrated" : "thresholdHeld", { items: held[1], groups: held[2] });
  const fitted = FITTED.exec(words);
  return fitted ? t("thresholdFitted", { items: fitted[1] }) : words || "–";
}
