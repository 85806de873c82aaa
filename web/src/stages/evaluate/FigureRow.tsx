import { useTranslation } from "react-i18next";
import { formatFen, formatNumber } from "../../i18n/format";
import { Figure } from "../../ui/Figure";
import { metricName } from "../train/names";
import { type Interval, type Measured, short, signedInterval } from "./figures";
import type { Detail } from "./queries";

/** The figures at the top: metrics with intervals and difference, then what happens at the operating threshold. */
export function FigureRow({ found, base }: { found: Detail; base: string }) {
  const { t } = useTranslation("evaluate");
  const { operating, calibration } = found.detail as unknown as Measured;
  const metrics = found.metrics as unknown as Record<string, Interval>;
  const difference = found.difference as unknown as Record<string, Interval>;
  const range = (one: Interval) =>
    one.low === null || one.high === null ? undefined : t("interval", { low: short(one.low), high: short(one.high) });
  return (
    <>
      <div className="tg-figures">
        {Object.entries(metrics).map(([id, one]) => (
          <Figure
            key={id}
            label={metricName(id)}
            value={short(one.value)}
            note={
              <>
                <div>{range(one)}</div>
                {difference[id] && found.champion && (
                  <div>
                    {t("toChampion", { champion: found.champion })} {signedInterval(difference[id])}
                  </div>
                )}
              </>
            }
          />
        ))}
        {!("ece" in metrics) && (
          <Figure label="ECE" value={short(calibration.ece.value)} note={range(calibration.ece)} />
        )}
      </div>
      <h3>{t("atThreshold", { threshold: short(operating.threshold) })}</h3>
      <div className="tg-figures">
        {(["precision", "recall", "f1"] as const).map((id) => (
          <Figure key={id} label={t(id)} value={short(operating[id].value)} note={range(operating[id])} />
        ))}
        <Figure
          label={t("state.right")}
          value={formatNumber(operating.right)}
          note={t("ofLabels", { labels: formatNumber(operating.labels) })}
          to={`${base}?state=right`}
        />
        <Figure label={t("missedAll")} value={formatNumber(operating.missed)} to={`${base}?state=missed`} />
        <Figure label={t("inventedAll")} value={formatNumber(operating.invented)} to={`${base}?state=invented`} />
        <Figure label={t("cost")} value={formatFen(operating.cost_fen)} note={t("costHint")} />
      </div>
    </>
  );
}
