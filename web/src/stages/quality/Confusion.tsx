import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../../i18n/format";
import { useLabelNames } from "./labelset";
import type { Quality } from "./queries";

/** What people answer where another label is right: rows right, columns answered; "" is no label. */
export function Confusion({ project, cells }: { project: string; cells: Quality["confusion"] }) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const keys = [...new Set(cells.flatMap((cell) => [cell.expected, cell.answered]))].filter(Boolean).sort();
  const all = [...keys, ""];
  const word = (key: string) => (key ? name(key) : t("page.nothing"));
  return (
    <section className="tg-section">
      <h2>{t("page.confusion")}</h2>
      {total === 0 ? (
        <p className="tg-muted">{t("page.noConfusion")}</p>
      ) : (
        <>
          <p className="tg-muted">{t("page.confusionHint", { n: formatNumber(total) })}</p>
          <div className="tg-heat-box">
            <table className="tg-heat">
              <thead>
                <tr>
                  <th scope="col">
                    {t("page.expected")} ↓ · {t("page.answered")} →
                  </th>
                  {all.map((key) => (
                    <th key={key} scope="col">
                      {word(key)}
                    </th>
                  ))}
                  <th scope="col">n</th>
                </tr>
              </thead>
              <tbody>
                {all.map((expected) => (
                  <Row key={expected} expected={expected} all={all} cells={cells} word={word} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}

interface RowProps {
  expected: string;
  all: readonly string[];
  cells: Quality["confusion"];
  word: (key: string) => string;
}

/** The darker, the larger the share of its row; right ones and wrong ones in two colours, and on or off the diagonal. */
function Row({ expected, all, cells, word }: RowProps) {
  const row = cells.filter((cell) => cell.expected === expected);
  const whole = row.reduce((sum, cell) => sum + cell.count, 0);
  return (
    <tr>
      <th scope="row">{word(expected)}</th>
      {all.map((answered) => {
        const count = row.find((cell) => cell.answered === answered)?.count ?? 0;
        const right = expected !== "" && expected === answered;
        const color = right ? "25, 135, 84" : "192, 48, 43";
        const share = whole ? count / whole : 0;
        return (
          <td
            key={answered}
            title={`${word(expected)} → ${word(answered)}: ${count} / ${whole} (${formatPercent(share)})`}
            style={count ? { background: `rgba(${color}, ${0.12 + 0.5 * share})` } : {}}
          >
            {count ? formatNumber(count) : ""}
          </td>
        );
      })}
      <td className="tg-muted">{formatNumber(whole)}</td>
    </tr>
  );
}
