import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/errors";
import type { components } from "../../api/schema";
import type { Editor, EditorDocument } from "../../editor/core/editor";
import type { Overlay } from "../../editor/core/overlays";
import type { Label } from "../../editor/core/records";
import type { Snapshot } from "../../editor/core/store";
import { AnnotationEditor } from "../../editor/react/AnnotationEditor";
import { useProject } from "../projects/queries";
import { JudgePanel, type Mode } from "./JudgePanel";
import { type Draft, EMPTY_DRAFT, SEVERITY_KEYS, type Target, TYPES, toFinding, WHOLE } from "./judging";
import { toLabels, toProblems, useLabelSet } from "./labelset";
import { usePicture } from "./picture";
import { type FindingIn, type Review, useReviewActions } from "./queries";
import { useKeys } from "./useKeys";

const AUTHOR = "#ffffff";
const EARLIER = "#ff5a52";

/** What is selected: a label of the author's, or a box that the inspector drew to show a place. */
function targetOf(editor: Editor | null, author: readonly Label[]): Target {
  const [shape] = editor?.selected() ?? [];
  if (!editor || !shape) return WHOLE;
  const known = author.find((label) => label.id === shape.label.id);
  if (known) return { labelId: known.id, label: known.label, region: null };
  return { labelId: "", label: shape.label.label, region: editor.bounds(shape.label) };
}

function earlierLayer(review: Review, name: string): Overlay[] {
  const labels = review.earlier.flatMap((finding): Label[] => {
    if (!finding.region) return [];
    const { x, y, width, height } = finding.region as Record<string, number>;
    const box = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
    return [{ kind: "box", id: finding.id, label: finding.label, attributes: {}, score: null, origin: null, ...box }];
  });
  return labels.length > 0 ? [{ id: "earlier", name, labels, color: EARLIER }] : [];
}

/** One answer in the editor: accepted, rejected with findings, or put right. */
export function JudgeView({ project, review }: { project: string; review: Review }) {
  const { t } = useTranslation("quality");
  const navigate = useNavigate();
  const name = useProject(project).data?.name ?? "";
  const { judge, giveBack, next } = useReviewActions(project);
  const { set, checks, number } = useLabelSet(project, review.rule_version_id);
  const picture = usePicture(review.item);
  const editor = useRef<Editor | null>(null);
  const [mode, setMode] = useState<Mode>("look");
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [findings, setFindings] = useState<FindingIn[]>([]);
  const [target, setTarget] = useState<Target>(WHOLE);
  const [keep, setKeep] = useState<readonly string[]>([]);
  const author = useMemo(() => toLabels(review.labels), [review.labels]);

  const document = useMemo<EditorDocument | null>(
    () =>
      picture && {
        id: `${review.id}-${mode}`,
        picture,
        labels: author,
        ghosts: [],
        nothing: review.nothing,
        seq: 0,
        readOnly: mode === "look",
      },
    [picture, review.id, review.nothing, author, mode],
  );
  const overlays = useMemo<Overlay[]>(
    () =>
      mode === "fix"
        ? [{ id: "author", name: t("review.author"), labels: author, color: AUTHOR }]
        : earlierLayer(review, t("review.earlier")),
    [mode, author, review, t],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another answer starts anew
  useEffect(() => {
    setMode("look");
    setDraft(EMPTY_DRAFT);
    setFindings([]);
    setKeep([]);
    judge.reset();
  }, [review.id]);
  useEffect(() => {
    if (mode === "reject" && keep.length > 0) editor.current?.selection.set(keep);
    if (mode !== "fix") editor.current?.setTool("select");
    editor.current?.settings.set({ marks: true });
  }, [mode, keep]);

  const onReady = useCallback(
    (made: Editor | null) => {
      editor.current = made;
      const tell = () => setTarget(targetOf(made, author));
      made?.scope.add(made.selection.changed.subscribe(tell));
      made?.scope.add(made.history.changed.subscribe(tell));
    },
    [author],
  );

  const send = (body: Omit<components["schemas"]["JudgeIn"], "revision">) => {
    if (!judge.isPending) judge.mutate({ review: review.id, body: { ...body, revision: review.revision } });
  };
  const accept = () => send({ verdict: "accept", nothing: false, findings: [] });
  const startReject = () => {
    setKeep([...(editor.current?.selection.ids ?? [])]);
    setMode("reject");
  };
  const pick = (type: FindingIn["type"]) => {
    setDraft((now) => ({ ...now, type }));
    editor.current?.setTool(type === "missed" ? "box" : "select");
  };
  const current = () => toFinding(draft, targetOf(editor.current, author));
  const add = () => {
    const made = current();
    if (!made) return;
    setFindings((now) => [...now, made]);
    setDraft(EMPTY_DRAFT);
    editor.current?.selection.clear();
  };
  const reject = () => {
    const made = current();
    const all = made ? [...findings, made] : findings;
    if (all.length > 0) send({ verdict: "reject", nothing: false, findings: all });
  };
  const fix = (answer: Snapshot) =>
    send({
      verdict: "fix",
      nothing: answer.nothing,
      labels: answer.labels as unknown as NonNullable<components["schemas"]["JudgeIn"]["labels"]>,
      findings: [],
    });
  const blink = () => {
    const at = editor.current;
    if (!at) return;
    if (mode === "fix") at.overlays.blink(!at.overlays.blinking);
    else at.settings.set({ marks: !at.settings.values.marks });
  };

  const pressed = (key: string): (() => void) | undefined => {
    if (key === "Space") return blink;
    if (mode === "look") return { a: accept, r: startReject, f: () => setMode("fix") }[key.toLowerCase()];
    if (mode === "fix") return undefined;
    const type = TYPES[Number(key) - 1];
    const severity = SEVERITY_KEYS[key];
    if (type) return () => pick(type);
    if (severity) return () => setDraft((now) => ({ ...now, severity }));
    return { enter: reject, n: add, escape: () => setMode("look") }[key.toLowerCase()];
  };
  useKeys((key) => {
    const action = pressed(key);
    action?.();
    return action !== undefined;
  });

  if (!set) return <div className="te" data-theme="dark" />;
  const error = judge.error;
  return (
    <AnnotationEditor
      document={document}
      labelSet={set}
      title={[name, t("review.title"), t("review.rules", { number })]}
      facts={[t("review.waiting", { count: review.waiting })]}
      {...(checks ? { checks } : {})}
      problems={toProblems(error instanceof ApiError ? error.params : undefined)}
      overlays={overlays}
      save={{ state: "idle" }}
      theme="dark"
      onReady={onReady}
      {...(mode === "fix" ? { onSubmit: fix } : {})}
      onHome={() => navigate(`/projects/${project}`)}
      panel={
        <JudgePanel
          project={project}
          review={review}
          mode={mode}
          draft={draft}
          findings={findings}
          target={target}
          busy={judge.isPending}
          error={error}
          on={{
            accept,
            startReject,
            startFix: () => setMode("fix"),
            look: () => setMode("look"),
            blink,
            pick,
            setDraft,
            add,
            remove: (place) => setFindings((now) => now.filter((_, at) => at !== place)),
            reject,
            back: () => giveBack.mutate(review.id, { onSettled: () => navigate(`/projects/${project}`) }),
            again: () => void next(),
          }}
        />
      }
    />
  );
}
