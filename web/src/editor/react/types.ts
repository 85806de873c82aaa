import type { ReactNode } from "react";
import type { Command } from "../core/changes";
import type { Problem, SubmitChecks } from "../core/checks";
import type { PrelabelCounts } from "../core/commands/prelabels";
import type { Editor, EditorDocument } from "../core/editor";
import type { FilterValues } from "../core/filters";
import type { LabelSet } from "../core/labelset";
import type { Overlay } from "../core/overlays";
import type { SettingValues } from "../core/settings";
import type { Snapshot } from "../core/store";

/** Where what was drawn is, as shown at the bottom left. */
export type SaveState =
  | { readonly state: "idle" }
  | { readonly state: "saved"; readonly at: number }
  | { readonly state: "saving"; readonly pending: number }
  | { readonly state: "offline"; readonly pending: number }
  | { readonly state: "signed_out"; readonly pending: number }
  | { readonly state: "lost"; readonly reason: string };

export interface EditorPreferences {
  readonly settings?: Partial<SettingValues>;
  readonly filters?: Partial<FilterValues>;
}

export interface AnnotationEditorProps {
  /** The open item; null while the next one is on its way. Another id opens another item. */
  document: EditorDocument | null;
  labelSet: LabelSet;
  /** Left of the top bar: project, rule version, how many today. */
  title: readonly string[];
  /** Right of the top bar: units, pay, quality today. */
  facts?: readonly string[];
  /** Seconds already worked on this item, as the server measured; null shows no timer. */
  workedSeconds?: number | null;
  checks?: SubmitChecks;
  /** What the server's checks refused at submit. */
  problems?: readonly Problem[];
  overlays?: readonly Overlay[];
  save: SaveState;
  /** False when this browser can't keep anything. */
  durable?: boolean;
  theme: "dark" | "light";
  onTheme?: (theme: "dark" | "light") => void;
  preferences?: EditorPreferences;
  onPreferences?: (preferences: Required<EditorPreferences>) => void;
  /** The editor itself, for a page that drives it by more than props (an inspector's keys); null when it is gone. */
  onReady?: (editor: Editor | null) => void;
  /** Every command, at once; `snapshot` gives the annotation as it is after it. */
  onCommand?: (command: Command, snapshot: () => Snapshot) => void;
  onSubmit?: (answer: Snapshot, prelabels: PrelabelCounts) => void;
  onSkip?: () => void;
  onAsk?: () => void;
  onHome?: () => void;
  onSignIn?: () => void;
  /** More of the right panel: an inspector's judgement, the answer of a practice item. */
  panel?: ReactNode;
  /** A line above the picture: why a saved draft was taken back, what to look at. */
  notice?: ReactNode;
  /** Markdown to React; the page gives its own renderer so that the editor needs none. */
  renderMarkdown?: (text: string) => ReactNode;
}
