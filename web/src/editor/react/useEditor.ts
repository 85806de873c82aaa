import { useEffect, useRef, useState } from "react";
import { findProblems, type Problem } from "../core/checks";
import { prelabelCounts } from "../core/commands/prelabels";
import type { Editor } from "../core/editor";
import { createEditor } from "../create";
import type { AnnotationEditorProps } from "./types";

export type Panel = "shortcuts" | "filters";

export interface EditorShell {
  readonly editor: Editor | null;
  readonly panel: Panel | null;
  readonly setPanel: (panel: Panel | null) => void;
  /** What stops a submit; emptied by the next change. */
  readonly problems: readonly Problem[];
  readonly submit: () => void;
}

/** Makes the editor once per label set, opens documents in it, and passes its news on to the page. */
export function useEditor(props: AnnotationEditorProps): EditorShell {
  const [editor, setEditor] = useState<Editor | null>(null);
  const [panel, setPanel] = useState<Panel | null>(null);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const latest = useRef(props);
  latest.current = props;
  const submitRef = useRef(() => {});

  const submit = () => {
    if (!editor?.document || editor.readOnly || !props.onSubmit) return;
    editor.machine.cancel();
    const found = props.checks ? findProblems(editor, props.checks) : [];
    setProblems(found);
    const [first] = found;
    if (first?.labelId) editor.selection.set([first.labelId]);
    if (!first) props.onSubmit(editor.store.snapshot(), prelabelCounts(editor.store));
  };
  submitRef.current = submit;

  const { labelSet } = props;
  useEffect(() => {
    const { preferences } = latest.current;
    const made = createEditor({ labelSet, settings: preferences?.settings ?? {} });
    if (preferences?.filters) made.filters.set(preferences.filters);
    const remember = () =>
      latest.current.onPreferences?.({ settings: made.settings.values, filters: made.filters.values });
    made.scope.add(made.settings.changed.subscribe(remember));
    made.scope.add(made.filters.changed.subscribe(remember));
    made.scope.add(
      made.history.onCommand((command) => latest.current.onCommand?.(command, () => made.store.snapshot())),
    );
    made.scope.add(made.history.changed.subscribe(() => setProblems([])));
    made.host = {
      submit: () => submitRef.current(),
      skip: () => latest.current.onSkip?.(),
      ask: () => latest.current.onAsk?.(),
      togglePanel: (name) => setPanel((current) => (current === name ? null : name)),
    };
    setEditor(made);
    latest.current.onReady?.(made);
    return () => {
      latest.current.onReady?.(null);
      made.dispose();
    };
  }, [labelSet]);

  const { document } = props;
  useEffect(() => {
    if (editor && document && editor.document !== document) {
      editor.open(document);
      setProblems([]);
    }
  }, [editor, document]);

  const { overlays } = props;
  useEffect(() => {
    editor?.overlays.set(overlays ?? []);
  }, [editor, overlays]);

  return { editor, panel, setPanel, problems: props.problems?.length ? props.problems : problems, submit };
}
