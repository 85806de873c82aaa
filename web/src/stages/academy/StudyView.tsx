import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { toApiError } from "../../api/errors";
import { formatClock, formatDateTime, formatNumber, formatPercent } from "../../i18n/format";
import { Figure } from "../../ui/Figure";
import { errorText } from "../../ui/useErrorText";
import type { Attempt, Standing } from "./queries";

interface Props {
  kind: Attempt["kind"];
  standing: Standing;
  attempts: readonly Attempt[];
  /** False on a phone: boxes are drawn on a computer. */
  wide: boolean;
  starting: boolean;
  onStart: () => void;
  onResult: (attempt: string) => void;
}

/** Practice or exam before it begins: what it asks, what stands in the way, and earlier attempts. */
export function StudyView({ kind, standing, attempts, wide, starting, onStart, onResult }: Props) {
  const { t } = useTranslation("academy");
  const running = attempts.find((one) => one.state === "running");
  const waiting = useCountdown(kind === "exam" ? standing.next_allowed_at : null);
  const exam = kind === "exam";
  const may = exam
    ? standing.step === "exam" && standing.obstacle === null
    : standing.lesson_read && standing.practice_available > 0;
  const left = Math.max(0, standing.max_attempts - standing.attempts_used);
  return (
    <div className="tg-stack">
      <section className="tg-card tg-stack">
        <div className="tg-totals">
          {exam ? (
            <>
              <Figure label={t("exam.items")} value={formatNumber(standing.exam_needed)} />
              <Figure label={t("exam.passMark")} value={formatPercent(standing.pass_mark, 0)} />
              <Figure label={t("exam.left")} value={`${formatNumber(left)} / ${formatNumber(standing.max_attempts)}`} />
              {waiting > 0 && <Figure label={t("exam.wait")} value={formatClock(waiting)} />}
            </>
          ) : (
            <>
              <Figure
                label={t("practice.done")}
                value={`${formatNumber(standing.practice_answered)} / ${formatNumber(standing.practice_needed)}`}
              />
              <Figure label={t("practice.available")} value={formatNumber(standing.practice_available)} />
            </>
          )}
        </div>
        <p style={{ margin: 0 }}>{t(`${kind}.hint`)}</p>
        <Notes exam={exam} standing={standing} />
        {wide ? (
          <Button
            type="primary"
            size="large"
            style={{ alignSelf: "start" }}
            disabled={!running && (!may || (exam && standing.qualified))}
            loading={starting}
            onClick={onStart}
          >
            {t(running ? `${kind}.goOn` : `${kind}.start`)}
            {running ? ` ${formatNumber(running.answered)} / ${formatNumber(running.total)}` : ""}
          </Button>
        ) : (
          <div className="tg-note">{t("computer")}</div>
        )}
      </section>
      <Earlier kind={kind} attempts={attempts.filter((one) => one.state !== "running")} onResult={onResult} />
    </div>
  );
}

/** What stands in the way, in words. */
function Notes({ exam, standing }: { exam: boolean; standing: Standing }) {
  const { t } = useTranslation("academy");
  if (standing.qualified) {
    return <div className="tg-good">✓ {t(standing.source === "granted" ? "granted" : "qualified")}</div>;
  }
  if (!standing.lesson_read) return <div className="tg-note">{t("lessonFirst")}</div>;
  if (exam && standing.step === "practice") {
    const { practice_answered: answered, practice_needed: needed } = standing;
    return <div className="tg-note">{t("practiceFirst", { answered, needed })}</div>;
  }
  if (!standing.obstacle) return null;
  return <div className="tg-note">{errorText(toApiError(409, standing.obstacle)).text}</div>;
}

interface EarlierProps {
  kind: Attempt["kind"];
  attempts: readonly Attempt[];
  onResult: (attempt: string) => void;
}

function Earlier({ kind, attempts, onResult }: EarlierProps) {
  const { t } = useTranslation("academy");
  if (attempts.length === 0) return null;
  return (
    <section className="tg-card">
      <h2>{t("earlier")}</h2>
      <ul className="tg-list">
        {attempts.map((one) => (
          <li key={one.id} className="tg-row">
            <span
              className={`tg-pill ${one.state === "passed" ? "tg-pill-open" : "tg-pill-reclosed"}`}
              style={{ alignSelf: "center" }}
            >
              {t(kind === "practice" ? "state.finished" : `state.${one.state}`)}
            </span>
            <span>
              {formatNumber(one.correct ?? 0)} / {formatNumber(one.total)}
            </span>
            <span className="tg-muted">
              {formatDateTime(one.finished_at ?? one.started_at)} · v{one.rule_major}
            </span>
            <Button size="small" type="link" onClick={() => onResult(one.id)}>
              {t("see")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Seconds until a moment; 0 when it has come. */
function useCountdown(until: string | null): number {
  const [now, setNow] = useState(Date.now);
  const left = until ? Math.max(0, (new Date(until).getTime() - now) / 1000) : 0;
  useEffect(() => {
    if (!until || left <= 0) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until, left]);
  return left;
}
