import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatNumber, formatPercent } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Mark, MarkedPicture } from "../../ui/MarkedPicture";
import { useVersion } from "../rules/queries";
import { type Detail, type ItemResult, type Standing, useAttempt } from "./queries";

const RIGHT = "#35c07f";
const WRONG = "#ff5a52";

interface Props {
  project: string;
  attempt: string;
  version: string;
  standing: Standing;
  onAgain: ((kind: "practice" | "exam") => void) | undefined;
}

/** How an attempt went, picture by picture. An exam does not show the right answers: its items are asked again. */
export function ResultView({ project, attempt, version, standing, onAgain }: Props) {
  const { t } = useTranslation("academy");
  const found = useAttempt(project, attempt);
  const rules = useVersion(project, found.data?.rule_version_id ?? version);
  if (found.isPending) return <Spin description={t("loading")} />;
  if (!found.data) return <ErrorNote error={found.error} onRetry={() => found.refetch()} />;
  const { kind, items } = found.data;
  const names = new Map((rules.data?.label_set ?? []).map((entry) => [entry.key, localized(entry.name, entry.key)]));
  const exam = kind === "exam";
  return (
    <div className="tg-stack">
      <Summary found={found.data} standing={standing} onAgain={onAgain} />
      <p className="tg-muted">{t(exam ? "result.examHint" : "result.practiceHint")}</p>
      <div className="tg-results">
        {items.map((one) => (
          <Item key={one.position} one={one} names={names} />
        ))}
      </div>
    </div>
  );
}

interface SummaryProps {
  found: Detail;
  standing: Standing;
  onAgain: Props["onAgain"];
}

function Summary({ found, standing, onAgain }: SummaryProps) {
  const { t } = useTranslation("academy");
  const { kind, state, correct, total, pass_mark, finished_at } = found;
  const exam = kind === "exam";
  const share = total ? (correct ?? 0) / total : 0;
  const again = exam
    ? standing.step === "exam" && standing.obstacle === null
    : standing.practice_available > 0 && !standing.qualified;
  return (
    <section className={`tg-note ${exam && state === "failed" ? "tg-note-bad" : ""}`}>
      <h2>
        {exam ? t(state === "passed" ? "result.passed" : "result.failed") : t("result.practice")} ·{" "}
        {formatNumber(correct ?? 0)} / {formatNumber(total)} ({formatPercent(share, 0)})
      </h2>
      <div>
        {exam && t("result.mark", { mark: formatPercent(pass_mark, 0) })}{" "}
        {finished_at && <span className="tg-muted">{formatDateTime(finished_at)}</span>}
      </div>
      {exam && state === "failed" && (
        <div>
          {t("result.left", { count: Math.max(0, standing.max_attempts - standing.attempts_used) })}{" "}
          {standing.step === "wait" &&
            standing.next_allowed_at &&
            t("result.wait", { when: formatDateTime(standing.next_allowed_at) })}
        </div>
      )}
      {onAgain && again && (
        <Button type="primary" style={{ marginTop: 8 }} onClick={() => onAgain(kind)}>
          {t(`${kind}.again`)}
        </Button>
      )}
    </section>
  );
}

function Item({ one, names }: { one: ItemResult; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("academy");
  const right = new Set(one.right);
  const own = boxes(one.labels, "own", names).map((mark, place) => ({
    ...mark,
    color: right.has(place) ? RIGHT : WRONG,
  }));
  const expected = one.verdict
    ? boxes(one.verdict.expected, "expected", names).map((mark) => ({ ...mark, color: "#ffffff", dashed: true }))
    : [];
  const facts = (["wrong_class", "wrong_attribute", "extra"] as const).filter((key) => one[key].length > 0);
  const { item } = one;
  return (
    <figure className="tg-card tg-result">
      {item && (
        <MarkedPicture
          src={item.medium_url || item.image_url || item.thumb_url || ""}
          width={item.width}
          height={item.height}
          alt={item.name}
          marks={[...expected, ...own]}
        />
      )}
      <figcaption>
        <strong className={one.correct ? "tg-good" : "tg-bad"}>
          {one.correct ? `✓ ${t("verdict.correct")}` : `✗ ${t("verdict.wrong")}`}
        </strong>
        {one.nothing && <div>{t("result.saidNothing")}</div>}
        {facts.map((key) => (
          <div key={key}>{t(`result.${key}`, { count: one[key].length })}</div>
        ))}
        {one.missed > 0 && <div>{t("result.missed", { count: one.missed })}</div>}
      </figcaption>
    </figure>
  );
}

function boxes(
  labels: readonly Record<string, unknown>[],
  group: string,
  names: ReadonlyMap<string, string>,
): Omit<Mark, "color">[] {
  return labels.map((label, place) => ({
    id: `${group}${place}`,
    x: Number(label.x ?? 0),
    y: Number(label.y ?? 0),
    width: Number(label.width ?? 0),
    height: Number(label.height ?? 0),
    text: names.get(String(label.label)) ?? String(label.label),
  }));
}
