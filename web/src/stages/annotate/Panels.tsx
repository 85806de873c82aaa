import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../../api/client";
import { errorText } from "../../ui/useErrorText";
import type { LabelSession } from "./session";
import type { SkipReason } from "./workApi";

const REASONS: readonly SkipReason[] = ["unclear", "bad_picture", "too_hard", "not_mine", "other"];

interface Props {
  session: LabelSession;
  onClose: () => void;
}

/** A small panel under the top bar: work stays in sight behind it. */
function Panel({ title, onClose, children }: { title: string; onClose?: () => void; children: ReactNode }) {
  const { t } = useTranslation("label");
  return (
    <section
      className="tl-float"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose?.();
        // Keys of the editor stay out of a panel that is being filled in.
        event.stopPropagation();
      }}
    >
      <header>
        <strong>{title}</strong>
        {onClose && (
          <button type="button" className="te-link" onClick={onClose}>
            {t("close")}
          </button>
        )}
      </header>
      {children}
    </section>
  );
}

/** Runs a request of a panel: one at a time, its error in words. */
function useDoing() {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const note = error === null ? null : <p className="te-bad">{errorText(error).text}</p>;
  return { run, busy, note };
}

export function SkipPanel({ session, onClose }: Props) {
  const { t } = useTranslation("label");
  const [reason, setReason] = useState<SkipReason>("unclear");
  const [text, setText] = useState("");
  const { run, busy, note } = useDoing();
  const end = async (work: () => Promise<void>) => (await run(work)) && onClose();
  return (
    <Panel title={t("skip.title")} onClose={onClose}>
      <div className="tl-choices">
        {REASONS.map((one) => (
          <button
            key={one}
            type="button"
            className={one === reason ? "te-segment te-on" : "te-segment"}
            aria-pressed={one === reason}
            onClick={() => setReason(one)}
          >
            {t(`skip.${one}`)}
          </button>
        ))}
      </div>
      <input
        className="tl-input"
        aria-label={t("skip.note")}
        placeholder={t("skip.note")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {note}
      <div className="tl-buttons">
        <button
          type="button"
          className="te-button te-primary"
          disabled={busy}
          onClick={() => end(() => session.skip(reason, text))}
        >
          {t("skip.send")}
        </button>
        <button type="button" className="te-button" disabled={busy} onClick={() => end(() => session.giveBack())}>
          {t("skip.giveBack")}
        </button>
      </div>
      <p className="te-muted">{t("skip.giveBackNote")}</p>
    </Panel>
  );
}

export function AskPanel({ session, onClose }: Props) {
  const { t } = useTranslation("label");
  const [question, setQuestion] = useState("");
  const [label, setLabel] = useState("");
  const [sent, setSent] = useState(false);
  const { run, busy, note } = useDoing();
  const { open } = session;
  if (!open) return null;
  const { item, task_id } = open.work;
  const send = () =>
    run(async () => {
      await session.api.ask({ question, item_id: item.id, task_id, label: label || null });
      setSent(true);
    });
  return (
    <Panel title={t("ask.title")} onClose={onClose}>
      {sent ? (
        <p>{t("ask.sent")}</p>
      ) : (
        <>
          <select
            className="tl-input"
            aria-label={t("ask.about")}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          >
            <option value="">{t("ask.none")}</option>
            {open.rules.set.classes.map((entry) => (
              <option key={entry.key} value={entry.key}>
                {entry.name}
              </option>
            ))}
          </select>
          <textarea
            className="tl-input"
            rows={4}
            // biome-ignore lint/a11y/noAutofocus: the panel was asked for in order to write here
            autoFocus
            aria-label={t("ask.text")}
            placeholder={t("ask.text")}
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
          />
          {note}
          <div className="tl-buttons">
            <button
              type="button"
              className="te-button te-primary"
              disabled={busy || !question.trim()}
              onClick={() => void send()}
            >
              {t("ask.send")}
            </button>
          </div>
        </>
      )}
    </Panel>
  );
}

/** Signing in again without leaving: the same person, only the password. */
export function SignInPanel({ session, email }: { session: LabelSession; email: string }) {
  const { t } = useTranslation("label");
  const [password, setPassword] = useState("");
  const { run, busy, note } = useDoing();
  const signIn = () =>
    run(async () => {
      await ok(api.POST("/api/v1/auth/login", { body: { email, password } }));
      session.wake();
    });
  return (
    <Panel title={t("signIn.title")}>
      <p>{t("signIn.text")}</p>
      <form
        className="tl-buttons"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <input className="tl-input" type="text" autoComplete="username" value={email} readOnly aria-label="email" />
        <input
          className="tl-input"
          type="password"
          autoComplete="current-password"
          // biome-ignore lint/a11y/noAutofocus: nothing else can be done before
          autoFocus
          aria-label={t("signIn.title")}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" className="te-button te-primary" disabled={busy || !password}>
          {t("signIn.submit")}
        </button>
      </form>
      {note}
    </Panel>
  );
}
