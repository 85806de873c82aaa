import { Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation, useParams } from "react-router";
import { ApiError } from "../../../api/errors";
import { hasRole, type Me, useMe, useRoles } from "../../../api/me";
import { ErrorNote } from "../../../ui/ErrorNote";
import { LanguageSwitch } from "../../../ui/LanguageSwitch";
import { useProjectId } from "../../projects/queries";
import { type Deployment, useDeployment } from "../queries";
import { Buttons } from "./Buttons";
import { PredictionPicture } from "./Picture";
import { ShiftSummary } from "./ShiftSummary";
import type { Prediction, Standing, Verdict } from "./standing";
import { useKnown, useSounds, useStanding, useTaps } from "./useConsole";
import { USUAL, VerdictSign } from "./VerdictSign";
import "./console.css";

const BACK_TO_NEWEST = 20_000;

/** `/projects/:project/line/:deployment/console`: what the operator sees, from a distance and with gloves. */
export default function ConsolePage() {
  const project = useProjectId();
  const { deployment = "" } = useParams();
  const me = useMe();
  const place = useLocation();
  const found = useDeployment(project, deployment);
  if (me.error instanceof ApiError && me.error.status === 401) {
    return <Navigate to={`/login?to=${encodeURIComponent(place.pathname)}`} replace />;
  }
  const error = me.error ?? (found.data ? null : found.error);
  if (error) {
    return (
      <main className="tc tc-dead">
        <ErrorNote error={error} onRetry={() => found.refetch()} />
      </main>
    );
  }
  if (!me.data || !found.data) return <Spin style={{ margin: "40vh auto", display: "block" }} />;
  return <Console me={me.data} project={project} deployment={found.data} />;
}

function Console({ me, project, deployment }: { me: Me; project: string; deployment: Deployment }) {
  const { console: design } = deployment;
  const known = useKnown(project, deployment.id, deployment.state !== "running");
  const now = useStanding(known, design.quiet_seconds);
  const { queue, pending } = useTaps(me.person_id);
  const sounds = useSounds(now, { ok: design.ok.sound, defect: design.defect.sound, check: design.check.sound });
  const [chosen, setChosen] = useState<string | null>(null);
  const [said, setSaid] = useState<Record<string, string>>({});
  const [shift, setShift] = useState(false);
  useEffect(() => {
    if (chosen === null) return undefined;
    const timer = window.setTimeout(() => setChosen(null), BACK_TO_NEWEST);
    return () => window.clearTimeout(timer);
  }, [chosen]);
  const older = known.predictions.find((one) => one.id === chosen) ?? null;
  const shown: Standing = older ? of(older) : now;
  const subject = shown.prediction;
  async function say(kind: "wrong" | "right", reason: string) {
    if (!subject) return;
    setChosen(null);
    setSaid((before) => ({ ...before, [subject.id]: kind === "wrong" ? reason : "right" }));
    await queue.push({
      deployment: deployment.id,
      prediction_id: subject.id,
      kind,
      reason: reason as "missed",
      note: "",
      at: Date.now(),
    });
  }
  return (
    <main className="tc" data-standing={shown.kind} data-verdict={verdictOf(shown)} data-prediction={subject?.id}>
      <Bar
        me={me}
        project={project}
        deployment={deployment}
        pending={pending}
        signedOut={known.signedOut}
        sounds={sounds}
        onShift={() => setShift(true)}
      />
      <VerdictBlock
        shown={shown}
        deployment={deployment}
        said={subject ? saidOf(subject, said) : ""}
        earlier={older !== null && older.id !== known.predictions[0]?.id}
      />
      <section className="tc-picture">
        {subject && <PredictionPicture prediction={subject} boxes={design.show_boxes} />}
      </section>
      <Recent
        predictions={known.predictions}
        chosen={older?.id ?? subject?.id ?? null}
        said={said}
        onChoose={setChosen}
      />
      <Buttons
        console={design}
        prediction={subject}
        deployment={deployment.id}
        onAsk={() => setChosen(subject?.id ?? null)}
        onSay={say}
        key={subject?.id ?? "none"}
      />
      {shift && <ShiftSummary project={project} deployment={deployment} onClose={() => setShift(false)} />}
    </main>
  );
}

function of(prediction: Prediction): Standing {
  return prediction.verdict === "check"
    ? { kind: "hand", why: prediction.reason || "unsure", prediction }
    : { kind: "answer", prediction };
}

function verdictOf(shown: Standing): Verdict {
  return shown.kind === "answer" ? shown.prediction.verdict : "check";
}

function saidOf(prediction: Prediction, said: Record<string, string>): string {
  const stored = prediction.feedback;
  return said[prediction.id] ?? (stored ? (stored.kind === "wrong" ? stored.reason : "right") : "");
}

function VerdictBlock({
  shown,
  deployment,
  said,
  earlier,
}: {
  shown: Standing;
  deployment: Deployment;
  said: string;
  earlier: boolean;
}) {
  const { t } = useTranslation("line");
  const verdict = verdictOf(shown);
  const look = deployment.console[verdict];
  const why = shown.kind === "hand" ? t(`why.${shown.why}` as "why.quiet", { defaultValue: t("why.unsure") }) : "";
  return (
    <section className="tc-verdict" style={{ background: look.color ?? USUAL[verdict] }} aria-live="assertive">
      <VerdictSign verdict={verdict} size="min(22vmin, 180px)" />
      <div>
        <div className="tc-word">{look.text || t(`verdict.${verdict}`)}</div>
        {why && <div className="tc-why">{why}</div>}
        {look.what_to_do && <div className="tc-todo">{look.what_to_do}</div>}
        {shown.prediction && (
          <div className="tc-name">
            {earlier && <strong>{t("console.earlier")} </strong>}
            {shown.prediction.name} {new Date(shown.prediction.created_at).toLocaleTimeString()}
          </div>
        )}
        {said && (
          <div className="tc-said">
            {said === "right"
              ? t("console.saidRight")
              : t("console.saidWrong", { reason: t(`reason.${said}` as "reason.missed") })}
          </div>
        )}
      </div>
    </section>
  );
}

function Recent({
  predictions,
  chosen,
  said,
  onChoose,
}: {
  predictions: readonly Prediction[];
  chosen: string | null;
  said: Record<string, string>;
  onChoose: (id: string | null) => void;
}) {
  const { t } = useTranslation("line");
  return (
    <nav className="tc-recent" aria-label={t("console.recent")}>
      {predictions.slice(0, 6).map((one, index) => (
        <button
          type="button"
          key={one.id}
          className="tc-recent-one"
          aria-pressed={one.id === chosen}
          style={{ background: USUAL[one.verdict] }}
          onClick={() => onChoose(index === 0 ? null : one.id)}
        >
          <VerdictSign verdict={one.verdict} size={36} />
          <span>
            {new Date(one.created_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })}
          </span>
          {saidOf(one, said) && saidOf(one, said) !== "right" && <span>✗</span>}
        </button>
      ))}
    </nav>
  );
}

interface BarProps {
  me: Me;
  project: string;
  deployment: Deployment;
  pending: number;
  signedOut: boolean;
  sounds: { muted: boolean; mute: (muted: boolean) => void };
  onShift: () => void;
}

function Bar({ me, project, deployment, pending, signedOut, sounds, onShift }: BarProps) {
  const { t } = useTranslation("line");
  const roles = useRoles(project);
  const place = useLocation();
  const leads = hasRole(roles, "manager", "trainer", "engineer", "inspector");
  return (
    <header className="tc-bar">
      <h1 className="tc-title">{deployment.console.title || deployment.name}</h1>
      <span className="tc-muted">{me.name}</span>
      {pending > 0 && <span className="tc-pending">{t("console.pending", { count: pending })}</span>}
      {signedOut && <Link to={`/login?to=${encodeURIComponent(place.pathname)}`}>{t("console.signIn")}</Link>}
      <span className="tc-grow" />
      <button type="button" className="tc-small" onClick={onShift}>
        {t("console.shift")}
      </button>
      <button type="button" className="tc-small" aria-pressed={sounds.muted} onClick={() => sounds.mute(!sounds.muted)}>
        {t(sounds.muted ? "console.soundOff" : "console.soundOn")}
      </button>
      <button type="button" className="tc-small" onClick={() => void toggleFull()}>
        {t("console.full")}
      </button>
      <LanguageSwitch />
      {leads && (
        <Link className="tc-small" to={`/projects/${project}/line/${deployment.id}`}>
          {t("console.leave")}
        </Link>
      )}
    </header>
  );
}

async function toggleFull() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen?.();
}
