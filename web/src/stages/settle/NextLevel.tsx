import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../../i18n/format";
import type { Today } from "./queries";

type Level = Today["level"];

/** The next level and what is left to clear, as a row of segments and a list. */
export function NextLevel({ level }: { level: Level }) {
  const { t } = useTranslation("settle");
  const { t: shell } = useTranslation("shell");
  if (level.next === null) {
    return (
      <section className="tg-card">
        <h2>{t("today.topLevel")}</h2>
      </section>
    );
  }
  return (
    <section className="tg-card">
      <h2>{t("today.level", { level: shell(`level.${level.next}` as "level.1") })}</h2>
      <div className="tg-segments" aria-hidden="true">
        {level.conditions.map((one) => (
          <span key={one.kind} data-met={one.met} />
        ))}
      </div>
      <ul className="tg-conditions">
        {level.conditions.map((one) => (
          <Condition key={one.kind} one={one} />
        ))}
      </ul>
    </section>
  );
}

function Condition({ one }: { one: Level["conditions"][number] }) {
  const { t } = useTranslation("settle");
  const share = one.kind === "quality";
  const shown = (value: number | null) =>
    value === null ? "–" : share ? formatPercent(value) : formatNumber(Math.floor(value));
  return (
    <li>
      <span className="tg-tick" data-met={one.met} role="img" aria-label={one.met ? t("today.met") : t("today.notMet")}>
        {one.met ? "✓" : ""}
      </span>
      <span className="tg-grow">
        {t(`today.condition.${one.kind}`, { need: shown(one.need), last: formatNumber(one.last_units ?? 0) })}
      </span>
      <span className="tg-muted">{one.kind === "promotion" ? "" : shown(one.have)}</span>
    </li>
  );
}
