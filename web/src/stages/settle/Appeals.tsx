import { Button, Input, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatDateTime, formatFen } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useLineTitle } from "./names";
import { type Appeal, useAppeals } from "./queries";

interface Props {
  project: string;
  /** Who runs the project answers; everybody else sees their own. */
  answers: boolean;
  me: string | undefined;
}

/** Appeals against payslips: those that wait first, with the day by which they are to be answered. */
export function Appeals({ project, answers, me }: Props) {
  const { t } = useTranslation("settle");
  const { list } = useAppeals(project);
  return (
    <section className="tg-card tg-pay-section" id="appeals">
      <h2>{t("appeal.title")}</h2>
      {list.error && <ErrorNote error={list.error} onRetry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <p className="tg-muted">
          {t("appeal.none")} {t(answers ? "appeal.noneLead" : "appeal.noneHint")}
        </p>
      )}
      {list.data?.map((one) => (
        <One key={one.id} project={project} one={one} answer={answers && one.person_id !== me} />
      ))}
    </section>
  );
}

function One({ project, one, answer }: { project: string; one: Appeal; answer: boolean }) {
  const { t } = useTranslation("settle");
  const title = useLineTitle();
  return (
    <article className="tg-look">
      <span className={`tg-mark ${one.overdue ? "tg-mark-warn" : "tg-mark-info"}`} aria-hidden="true">
        {one.state === "open" ? "?" : one.state === "granted" ? "✓" : "–"}
      </span>
      <div className="tg-stack" style={{ flex: 1 }}>
        <div>
          <strong>{one.person}</strong> ·{" "}
          <Link to={`?period=${one.period_id}`}>{t("pay.detailOf", { number: one.period })}</Link> ·{" "}
          {one.line ? `${title(one.line)} ${formatFen(one.line.amount_fen)}` : t("appeal.slip")}
        </div>
        <div>{one.text}</div>
        <div className="tg-muted tg-small">
          {t(`appeal.state.${one.state}`)} · {formatDateTime(one.filed_at)}
          {one.state === "open" &&
            ` · ${t(one.overdue ? "appeal.overdue" : "appeal.answerBy", { when: formatDateTime(one.answer_by) })}`}
        </div>
        {one.state !== "open" && (
          <div>
            {t("appeal.answered", { name: one.answered_by, text: one.answer })}{" "}
            {one.state === "granted" && <strong>+{formatFen(one.amount_fen ?? 0)}</strong>}
          </div>
        )}
        {one.state === "open" && answer && <Answer project={project} appeal={one.id} />}
      </div>
    </article>
  );
}

function Answer({ project, appeal }: { project: string; appeal: string }) {
  const { t } = useTranslation("settle");
  const { answer } = useAppeals(project);
  const [text, setText] = useState("");
  const [yuan, setYuan] = useState<number | null>(null);
  const fen = Math.round((yuan ?? 0) * 100);
  const send = (granted: boolean) =>
    answer.mutate({ appeal, granted, amount_fen: granted ? fen : 0, text: text.trim() });
  return (
    <div className="tg-stack">
      <Input.TextArea
        autoSize={{ minRows: 1 }}
        maxLength={2000}
        value={text}
        placeholder={t("appeal.answerHint")}
        aria-label={t("appeal.answerHint")}
        onChange={(event) => setText(event.target.value)}
      />
      {answer.error && <ErrorNote error={answer.error} />}
      <div className="tg-row">
        <InputNumber
          size="small"
          min={0}
          precision={2}
          prefix="¥"
          value={yuan}
          aria-label={t("appeal.amount")}
          placeholder={t("appeal.amount")}
          onChange={setYuan}
        />
        <Button size="small" disabled={!text.trim() || fen < 1} loading={answer.isPending} onClick={() => send(true)}>
          {t("appeal.grant")}
        </Button>
        <Button size="small" disabled={!text.trim()} loading={answer.isPending} onClick={() => send(false)}>
          {t("appeal.refuse")}
        </Button>
      </div>
    </div>
  );
}
