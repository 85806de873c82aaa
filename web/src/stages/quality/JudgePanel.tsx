import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatPercent } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { Kbd } from "../../ui/Kbd";
import { useProject } from "../projects/queries";
import { type Draft, SEVERITIES, SEVERITY_KEYS, type Target, TYPES } from "./judging";
import { useLabelNames } from "./labelset";
import { type FindingIn, type Review, useDisagreements } from "./queries";

export type Mode = "look" | "reject" | "fix";

export interface JudgeActions {
  accept(): void;
  startReject(): void;
  startFix(): void;
  look(): void;
  blink(): void;
  pick(type: FindingIn["type"]): void;
  setDraft(draft: Draft): void;
  add(): void;
  remove(place: number): void;
  reject(): void;
  back(): void;
  again(): void;
}

interface Props {
  project: string;
  review: Review;
  mode: Mode;
  draft: Draft;
  findings: readonly FindingIn[];
  target: Target;
  busy: boolean;
  error: unknown;
  on: JudgeActions;
}

/** The inspector's part of the right panel: the verdict, what is wrong, where the lot stands, what was found before. */
export function JudgePanel(props: Props) {
  const { t } = useTranslation("quality");
  const { review, mode, error, on, project } = props;
  return (
    <section className="tg-judge">
      <div className="te-muted">
        {t("review.waitingNow", { count: review.waiting })}
        {review.rework && ` · ${t("review.rework")}`}
      </div>
      {review.nothing && <p>{t("review.nothing")}</p>}
      {mode === "look" && <Verdicts {...props} />}
      {mode === "reject" && <RejectForm {...props} />}
      {mode === "fix" && (
        <>
          <h3>{t("review.fixTitle")}</h3>
          <p>{t("review.fixHint")}</p>
          <div className="tg-keys">
            <Key word={t("review.blink")} hint="Space" onClick={on.blink} />
            <Key word={t("review.cancel")} onClick={on.look} />
          </div>
        </>
      )}
      {error !== null && <ErrorNote error={error} onRetry={on.again} />}
      <Earlier project={project} review={review} />
      <LotInfo project={project} review={review} />
      <OtherWork project={project} />
    </section>
  );
}

interface KeyProps {
  word: string;
  hint?: string;
  main?: boolean;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

export function Key({ word, hint, main = false, pressed, disabled = false, onClick }: KeyProps) {
  return (
    <button
      type="button"
      className={main ? "tg-key tg-key-main" : "tg-key"}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={(event) => {
        event.currentTarget.blur();
        onClick();
      }}
    >
      {hint && <Kbd>{hint}</Kbd>} {word}
    </button>
  );
}

function Verdicts({ busy, on }: Props) {
  const { t } = useTranslation("quality");
  return (
    <div className="tg-keys">
      <Key main word={t("review.accept")} hint="A" disabled={busy} onClick={on.accept} />
      <Key word={t("review.reject")} hint="R" disabled={busy} onClick={on.startReject} />
      <Key word={t("review.fix")} hint="F" disabled={busy} onClick={on.startFix} />
      <Key word={t("review.blink")} hint="Space" onClick={on.blink} />
      <Key word={t("review.back")} disabled={busy} onClick={on.back} />
    </div>
  );
}

function RejectForm({ project, draft, findings, target, busy, on }: Props) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  const letter = (severity: string) => Object.keys(SEVERITY_KEYS).find((key) => SEVERITY_KEYS[key] === severity) ?? "";
  const where = target.labelId
    ? t("review.chosen", { name: name(target.label) })
    : target.region
      ? t("review.region", { name: name(target.label) })
      : t("review.whole");
  return (
    <>
      <h3>{t("review.rejectTitle")}</h3>
      <p className="te-muted">{t("review.rejectHint")}</p>
      <strong>{where}</strong>
      <div className="tg-keys">
        {TYPES.map((type, place) => (
          <Key
            key={type}
            word={t(`type.${type}`)}
            hint={String(place + 1)}
            pressed={draft.type === type}
            onClick={() => on.pick(type)}
          />
        ))}
      </div>
      <div className="tg-row">
        {SEVERITIES.map((severity) => (
          <Key
            key={severity}
            word={t(`severity.${severity}`)}
            hint={letter(severity)}
            pressed={draft.severity === severity}
            onClick={() => on.setDraft({ ...draft, severity })}
          />
        ))}
      </div>
      <textarea
        rows={2}
        maxLength={2000}
        value={draft.note}
        placeholder={t("review.note")}
        aria-label={t("review.note")}
        onChange={(event) => on.setDraft({ ...draft, note: event.target.value })}
      />
      {findings.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: findings of a draft have no id and keep their order
        <div key={place} className="tg-row">
          <span>
            {t(`type.${one.type}`)} · {t(`severity.${one.severity}`)} {one.label && name(one.label)}
          </span>
          <Key word={t("review.remove")} onClick={() => on.remove(place)} />
        </div>
      ))}
      <div className="tg-keys">
        <Key
          main
          word={draft.type || findings.length > 0 ? t("review.send") : t("review.pickType")}
          hint="Enter"
          disabled={busy || (!draft.type && findings.length === 0)}
          onClick={on.reject}
        />
        <Key word={t("review.add")} hint="N" disabled={!draft.type} onClick={on.add} />
        <Key word={t("review.cancel")} hint="Esc" onClick={on.look} />
      </div>
    </>
  );
}

function Earlier({ project, review }: { project: string; review: Review }) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  if (review.earlier.length === 0) return null;
  return (
    <div>
      <h3>{t("review.earlier")}</h3>
      {review.earlier.map((finding) => (
        <p key={finding.id}>
          {t(`type.${finding.type}`)} · {t(`severity.${finding.severity}`)} {finding.label && name(finding.label)}{" "}
          <span className="te-muted">
            {t(`findingState.${finding.state}`)} {finding.note}
          </span>
        </p>
      ))}
    </div>
  );
}

/** The sampling plan and where the lot stands. */
function LotInfo({ project, review }: { project: string; review: Review }) {
  const { t } = useTranslation("quality");
  const threshold = useProject(project).data?.settings.quality?.accept_threshold;
  const { lot } = review;
  return (
    <div>
      <h3>{lot ? t("review.lotState", { number: lot.number, state: t(`lotState.${lot.state}`) }) : t("review.lot")}</h3>
      {lot ? (
        <p>
          {t("review.lotPlan", { size: lot.size, drawn: lot.drawn, judged: lot.judged, accepted: lot.accepted })}{" "}
          {threshold !== undefined && (
            <span className="te-muted">{t("review.lotRule", { threshold: formatPercent(threshold) })}</span>
          )}
        </p>
      ) : (
        <p className="te-muted">{t("review.noLot")}</p>
      )}
    </div>
  );
}

function OtherWork({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const open = useDisagreements(project);
  const count = open.data?.items.length ?? 0;
  if (count === 0) return null;
  return <Link to="?view=disagreements">{t("review.disagreements", { count })}</Link>;
}
