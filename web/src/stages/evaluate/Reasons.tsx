import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { metricName } from "../train/names";
import { short, signed } from "./figures";
import type { Reason } from "./queries";
import { useSliceName } from "./words";

/** One reason: a sign, words, and the figures that it rests on. */
export function ReasonLine({ project, reason }: { project: string; reason: Reason }) {
  const { t } = useTranslation("evaluate");
  const name = useSliceName(project);
  const facts = reason.params as Record<string, unknown>;
  const number = (key: string) => (typeof facts[key] === "number" ? (facts[key] as number) : null);
  const difference = reason.code === "better" || reason.code === "not_better" || reason.code.startsWith("slice_");
  const shown = difference ? signed : short;
  const words = {
    metric: metricName(String(facts.metric ?? "")),
    slice: name(String(facts.kind ?? ""), String(facts.slice ?? "")),
    value: shown(number("value")),
    low: shown(number("low")),
    high: shown(number("high")),
    model: short(number("model")),
    champion: short(number("champion")),
    least: short(number("least")),
    margin: short(number("margin")),
    labels: formatNumber(number("labels") ?? 0),
    leastLabels: formatNumber(number("least_labels") ?? 0),
    count: number("count") ?? 0,
  };
  const sign = reason.ok === null ? "·" : reason.ok ? "✓" : "✗";
  const state = reason.ok === null ? "said" : reason.ok ? "good" : "bad";
  return (
    <li className={`tg-reason-${state}`}>
      <span aria-hidden="true">{sign}</span> {t(`why.${reason.code}` as "why.better", words)}
    </li>
  );
}
