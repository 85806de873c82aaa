import { useTranslation } from "react-i18next";
import type { Change } from "./queries";

function words(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  const { zh, en, note } = value as Record<string, unknown>;
  if (typeof zh === "string" || typeof en === "string") return [zh, en].filter(Boolean).join(" / ");
  if (typeof note === "string" && note) return note;
  return "";
}

const SHOWN = 300;
const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Differences between two versions of the rules, the ones that close the qualification gate first. */
export function ChangeList({ changes, names }: { changes: readonly Change[]; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("rules");
  const sorted = [...changes].sort((a, b) => Number(b.major) - Number(a.major));
  return (
    <ul className="tg-list">
      {sorted.map((change) => {
        const label = change.label ? (names.get(change.label) ?? change.label) : "";
        const place = [label, change.attribute, change.option].filter(Boolean).join(" › ");
        const before = cut(words(change.before));
        const after = cut(words(change.after));
        return (
          <li key={JSON.stringify(change)}>
            <div className="tg-row">
              <span className={`tg-pill ${change.major ? "tg-pill-reclosed" : "tg-pill-closed"}`}>
                {t(change.major ? "major" : "minor")}
              </span>
              <span>
                {t(`what.${change.what}`)} {place && <strong>{place}</strong>} {t(`action.${change.action}`)}
                {change.field && (
                  <span className="tg-muted">
                    {" "}
                    · {t(`field.${change.field}` as "field.name", { defaultValue: change.field })}
                  </span>
                )}
              </span>
            </div>
            {before !== after && (
              <div>
                {before && <div className="tg-change-before">{before}</div>}
                {after && <div className="tg-change-after">{after}</div>}
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
