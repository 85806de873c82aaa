import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber, formatPercent } from "../../i18n/format";
import { useLabelNames } from "../quality/labelset";
import type { Measured } from "./figures";
import "../quality/quality.css";

/** What the model calls what people drew, with background: missed and invented. A click opens the pictures. */
export function ConfusionTable(props: { project: string; measured: Measured; base: string }) {
  const { t } = useTranslation("evaluate");
  const name = useLabelNames(props.project);
  const { labels, cells } = props.measured.confusion;
  const all = [...labels, ""];
  const word = (key: string, side: "truth" | "found") =>
    key ? name(key) : t(side === "truth" ? "notDrawn" : "notFound");
  return (
    <div className="tg-heat-box">
      <table className="tg-heat">
        <thead>
          <tr>
            <th scope="col">
              {t("drawn")} ↓ · {t("found")} →
            </th>
            {all.map((found) => (
              <th key={found} scope="col">
                {word(found, "found")}
              </th>
            ))}
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {all.map((truth) => {
            const row = cells.filter((cell) => cell.truth === truth);
            const whole = row.reduce((sum, cell) => sum + cell.count, 0);
            return (
              <tr key={truth}>
                <th scope="row">{word(truth, "truth")}</th>
                {all.map((found) => {
                  const count = row.find((cell) => cell.found === found)?.count ?? 0;
                  const share = whole ? count / whole : 0;
                  const color = truth && truth === found ? "25, 135, 84" : "192, 48, 43";
                  const query = new URLSearchParams({ truth, found });
                  return (
                    <td
                      key={found}
                      title={`${word(truth, "truth")} → ${word(found, "found")}: ${count} / ${whole} (${formatPercent(share)})`}
                      style={count ? { background: `rgba(${color}, ${0.12 + 0.5 * share})` } : {}}
                    >
                      {count > 0 && <Link to={`${props.base}?${query}`}>{formatNumber(count)}</Link>}
                    </td>
                  );
                })}
                <td className="tg-muted">{formatNumber(whole)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
