import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate } from "react-router";
import { ApiError } from "../../api/errors";
import { type Me, useMe } from "../../api/me";
import type { Overlay } from "../../editor/core/overlays";
import { AnnotationEditor } from "../../editor/react/AnnotationEditor";
import type { SaveState } from "../../editor/react/types";
import { formatFen, formatNumber, formatPercent } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { keptList } from "./drafts";
import "./label.css";
import { useNotice } from "./Notice";
import { NoWork, Words } from "./NoWork";
import { AskPanel, SignInPanel, SkipPanel } from "./Panels";
import { readPreferences, readTheme, writePreferences, writeTheme } from "./preferences";
import { useKeptDrafts, useTodayFigures } from "./queries";
import { ConflictPanel, DraftsPanel, findingMarks, findingsOf, ReworkPanel } from "./SidePanels";
import type { LabelSession } from "./session";
import { useLabelSession } from "./useLabelSession";
import { reasonText } from "./words";

type Theme = "dark" | "light";

function useFacts(session: LabelSession): string[] {
  const { t } = useTranslation("label");
  const { data, refetch } = useTodayFigures(session.project);
  const { handed } = session;
  const stored = handed?.state === "stored" ? handed.lease : null;
  useEffect(() => {
    if (stored) void refetch();
  }, [stored, refetch]);
  const facts = handed ? [t(`handed.${handed.state}`)] : [];
  if (!data) return facts;
  const units = data.units.reduce((sum, { today }) => sum + Number(today), 0);
  facts.push(t("unitsToday", { units: formatNumber(units) }));
  if (data.pay.today_fen !== null) facts.push(t("payToday", { amount: formatFen(data.pay.today_fen) }));
  if (data.quality.share !== null) facts.push(t("quality", { share: formatPercent(data.quality.share) }));
  return facts;
}

function saveState(session: LabelSession): SaveState {
  const { open, lost, queue } = session;
  if (!open) return { state: "idle" };
  if (lost) return { state: "lost", reason: reasonText(lost) };
  if (session.signedOut) return { state: "signed_out", pending: queue.pending };
  const status = queue.status(open.work.lease_id);
  return status.state === "lost" ? { state: "lost", reason: reasonText(status.reason) } : status;
}

function useOverlays(session: LabelSession): Overlay[] {
  const { t } = useTranslation("label");
  const { open, conflict } = session;
  return useMemo(() => {
    const layers: Overlay[] = [];
    const marks = open ? findingMarks(findingsOf(open.work)) : [];
    if (marks.length) layers.push({ id: "findings", name: t("rework.layer"), labels: marks, color: "#ff5c57" });
    if (conflict) layers.push({ id: "theirs", name: t("conflict.layer"), labels: conflict.labels, color: "#ffffff" });
    return layers;
  }, [open, conflict, t]);
}

function Working({ session, me, name }: { session: LabelSession; me: Me; name: string }) {
  const { email, hotkeys: keymap } = me;
  const { t } = useTranslation("label");
  const navigate = useNavigate();
  const [theme, setTheme] = useState<Theme>(readTheme);
  const [panel, setPanel] = useState<"skip" | "ask" | null>(null);
  const [preferences] = useState(() => readPreferences(keymap));
  const drafts = useKeptDrafts(session.project, !session.signedOut);
  const { refetch } = drafts;
  const refresh = useCallback(() => void refetch(), [refetch]);
  const waits = session.lost ?? session.takenBack?.reason ?? session.open?.work.kept_draft_id ?? "";
  useEffect(() => {
    if (waits) refresh();
  }, [waits, refresh]);
  const kept = keptList(session, drafts.data ?? []);
  const facts = useFacts(session);
  const overlays = useOverlays(session);
  const notice = useNotice({ session, kept, refresh });
  const [shown, setShown] = useState(session.open);
  // The last item stays in sight while the next is on its way.
  if (session.open && session.open !== shown) setShown(session.open);
  const close = () => setPanel(null);
  const { phase } = session;
  const save = saveState(session);
  const signIn = session.signedOut && <SignInPanel session={session} email={email} />;
  if (phase.kind === "none" || phase.kind === "resting") {
    return (
      <>
        <NoWork session={session} theme={theme} kept={kept} refresh={refresh} />
        {signIn}
      </>
    );
  }
  if (!shown) return <Words title={t("starting")} theme={theme} />;
  return (
    <div className="tl" data-phase={phase.kind} data-next={session.preload.ready ? "ready" : "none"}>
      <AnnotationEditor
        document={session.open?.document ?? null}
        labelSet={shown.rules.set}
        checks={shown.rules.checks}
        title={[name, t("rules", { number: shown.rules.number })]}
        facts={facts}
        workedSeconds={session.open?.work.seconds ?? null}
        problems={session.problems}
        overlays={overlays}
        save={save}
        durable={session.queue.durable}
        theme={theme}
        onTheme={(next) => {
          writeTheme(next);
          setTheme(next);
        }}
        preferences={preferences}
        onPreferences={writePreferences}
        onCommand={(command) => session.command(command)}
        onSubmit={() => session.submit()}
        onSkip={() => setPanel("skip")}
        onAsk={() => setPanel("ask")}
        onHome={() => navigate(`/projects/${session.project}`)}
        onSignIn={() => session.note({ signedOut: true })}
        notice={notice}
        panel={
          <>
            <ConflictPanel session={session} />
            <ReworkPanel session={session} />
            <DraftsPanel session={session} kept={kept} refresh={refresh} />
          </>
        }
      />
      {signIn}
      {panel === "skip" && session.open && <SkipPanel session={session} onClose={close} />}
      {panel === "ask" && session.open && <AskPanel session={session} onClose={close} />}
    </div>
  );
}

/** `/projects/:project/label`: one item after the other, full screen. */
export default function LabelPage() {
  const { t } = useTranslation("label");
  const project = useProjectId();
  const me = useMe();
  const { session, elsewhere, takeOver } = useLabelSession(project, me.data?.person_id);
  const theme = readTheme();
  if (me.error instanceof ApiError && me.error.status === 401 && !me.data) {
    return <Navigate to={`/login?to=${encodeURIComponent(`/projects/${project}/label`)}`} replace />;
  }
  if (!me.data && me.error) {
    return (
      <Words title={t("title")} theme={theme}>
        <ErrorNote error={me.error} onRetry={() => me.refetch()} />
      </Words>
    );
  }
  if (elsewhere) {
    return (
      <Words title={t("tab.title")} text={t("tab.text")} theme={theme}>
        <button type="button" className="te-button te-primary" onClick={takeOver}>
          {t("tab.take")}
        </button>
      </Words>
    );
  }
  if (!session || !me.data) return <Words title={t("starting")} theme={theme} />;
  const name = me.data.projects.find((one) => one.id === project)?.name ?? "";
  return <Working session={session} me={me.data} name={name} />;
}
