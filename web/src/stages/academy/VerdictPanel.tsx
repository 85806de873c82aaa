import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { LabelSet } from "../../editor/core/labelset";
import type { Label } from "../../editor/core/records";
import { formatPercent } from "../../i18n/format";
import type { Verdict } from "./queries";

interface Props {
  verdict: Verdict;
  labels: readonly Label[];
  set: LabelSet;
  onNext: () => void;
}

/** What was right and wrong in an answer of practice, in words; the picture shows both. */
export function VerdictPanel({ verdict, labels, set, onNext }: Props) {
  const { t } = useTranslation("academy");
  const name = (key: unknown) => set.classes.find((entry) => entry.key === key)?.name ?? String(key);
  const mine = (place: number) => name(labels[place]?.label);
  const right = (place: number) => name(verdict.expected[place]?.label);
  const attributes = (pair: Verdict["wrong_attribute"][number]) => {
    const specs = set.classes.find((entry) => entry.key === labels[pair.answer]?.label)?.attributes ?? [];
    return pair.attributes.map((key) => specs.find((spec) => spec.key === key)?.name ?? key).join(t("verdict.comma"));
  };
  const unlike = new Set(verdict.wrong_attribute.map((pair) => pair.answer));
  const good = verdict.matches.filter((pair) => !unlike.has(pair.answer));
  return (
    <section className="tg-verdict" aria-live="polite">
      <h3>{verdict.correct ? `✓ ${t("verdict.correct")}` : `✗ ${t("verdict.wrong")}`}</h3>
      <ul>
        {good.map((pair) => (
          <li key={`m${pair.answer}`}>
            ✓ {t("verdict.match", { label: mine(pair.answer), iou: formatPercent(pair.agreement, 0) })}
          </li>
        ))}
        {verdict.wrong_class.map((pair) => (
          <li key={`c${pair.answer}`}>
            ✗ {t("verdict.class", { label: mine(pair.answer), right: right(pair.expected) })}
          </li>
        ))}
        {verdict.wrong_attribute.map((pair) => (
          <li key={`a${pair.answer}`}>
            ✗ {t("verdict.attribute", { label: mine(pair.answer), attributes: attributes(pair) })}
          </li>
        ))}
        {verdict.missed.map((place) => (
          <li key={`x${place}`}>✗ {t("verdict.missed", { label: right(place) })}</li>
        ))}
        {verdict.extra.map((place) => (
          <li key={`e${place}`}>✗ {t("verdict.extra", { label: mine(place) })}</li>
        ))}
        {verdict.expected.length === 0 && <li>{t("verdict.nothing")}</li>}
      </ul>
      <p>{t("verdict.hint")}</p>
      <Button type="primary" autoFocus onClick={onNext}>
        {t("verdict.next")}
      </Button>
    </section>
  );
}
