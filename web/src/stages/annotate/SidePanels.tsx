import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoxLabel, Label } from "../../editor/core/records";
import { errorText } from "../../ui/useErrorText";
import { adoptKept, discardKept, type Kept } from "./drafts";
import type { LabelSession } from "./session";
import { findingText, reasonText, severityText } from "./words";
import type { Work } from "./workApi";

export interface Finding {
  readonly id: string;
  readonly type: string;
  readonly severity: string;
  readonly label: string;
  readonly note: string;
  readonly region: { x: number; y: number; width: number; height: number } | null;
}

/** Why the work came back. */
export function findingsOf(work: Work): Finding[] {
  const listed = Array.isArray(work.rework?.findings) ? (work.rework.findings as Partial<Finding>[]) : [];
  return listed.map((finding, place) => ({
    id: finding.id ?? `finding-${place}`,
    type: finding.type ?? "other",
    severity: finding.severity ?? "major",
    label: finding.label ?? "",
    note: finding.note ?? "",
    region: finding.region ?? null,
  }));
}

/** The findings as boxes over the picture. */
export function findingMarks(findings: readonly Finding[]): Label[] {
  return findings.flatMap(({ id, label, region }): BoxLabel[] =>
    region ? [{ id, kind: "box", label, attributes: {}, score: null, origin: null, ...region }] : [],
  );
}

export function ReworkPanel({ session }: { session: LabelSession }) {
  const { t } = useTranslation("label");
  const { open } = session;
  if (!open?.work.rework) return null;
  const findings = findingsOf(open.work);
  const names = new Map(open.rules.set.classes.map((entry) => [entry.key, entry.name]));
  return (
    <section className="tl-rework">
      <h3>{t("rework.title", { count: findings.length })}</h3>
      <p>{t(open.work.rework.cause === "rule" ? "rework.why.rule" : "rework.why.own")}</p>
      <ol>
        {findings.map((finding) => (
          <li key={finding.id}>
            <strong>{findingText(finding.type)}</strong> {names.get(finding.label) ?? finding.label}{" "}
            <span className="te-muted">{severityText(finding.severity)}</span>
            {finding.note && <div>{finding.note}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function ConflictPanel({ session }: { session: LabelSession }) {
  const { t } = useTranslation("label");
  const { conflict } = session;
  if (!conflict) return null;
  return (
    <section className="tl-rework" role="alert">
      <h3>{t("conflict.title")}</h3>
      <p>{t("conflict.text", { revision: conflict.revision, count: conflict.labels.length })}</p>
      <div className="tl-buttons">
        <button type="button" className="te-button te-primary" onClick={() => void session.settle(true)}>
          {t("conflict.mine")}
        </button>
        <button type="button" className="te-button" onClick={() => void session.settle(false)}>
          {t("conflict.theirs")}
        </button>
      </div>
    </section>
  );
}

interface DraftsProps {
  session: LabelSession;
  kept: readonly Kept[];
  refresh: () => void;
}

/** What could not be handed in: go on with it, or throw it away. */
export function DraftsPanel({ session, kept, refresh }: DraftsProps) {
  const { t } = useTranslation("label");
  const [error, setError] = useState<unknown>(null);
  if (kept.length === 0) return null;
  const busy = session.open !== null && !session.lost;
  const act = async (work: Promise<void>) => {
    setError(null);
    await work.catch(setError);
    refresh();
  };
  return (
    <section className="tl-drafts">
      <h3>{t("drafts.title", { count: kept.length })}</h3>
      {kept.map((one) => {
        const mine = session.open?.work.task_id === one.task;
        return (
          <div key={one.key} className="tl-draft">
            <div>{t("drafts.line", { name: one.name, count: one.count })}</div>
            <div className="te-muted">{one.usable ? reasonText(one.reason) : t("drafts.taken")}</div>
            <div className="tl-buttons">
              {one.usable && (
                <button
                  type="button"
                  className="te-link"
                  disabled={busy && !mine}
                  title={busy && !mine ? t("drafts.busy") : undefined}
                  onClick={() => void act(adoptKept(session, one))}
                >
                  {t("drafts.adopt")}
                </button>
              )}
              <button type="button" className="te-link" onClick={() => void act(discardKept(session, one))}>
                {t("drafts.discard")}
              </button>
            </div>
          </div>
        );
      })}
      {error !== null && <p className="te-bad">{errorText(error).text}</p>}
    </section>
  );
}
