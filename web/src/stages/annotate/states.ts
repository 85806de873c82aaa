import type { ApiError } from "../../api/errors";
import type { EditorDocument } from "../../editor/core/editor";
import type { Label } from "../../editor/core/records";
import type { Prepared } from "./loader";

/** Both sides of an answer that somebody else has changed meanwhile. */
export interface Conflict {
  readonly revision: number;
  readonly labels: readonly Label[];
  readonly nothing: boolean;
}

/** What is open in the editor. */
export interface Open extends Prepared {
  readonly document: EditorDocument;
  /** Revision that the next submit says it starts from. */
  readonly base: number;
  /** Steps that only this machine had: a crash, a closed tab. */
  readonly restored: number;
}

export type Phase =
  | { readonly kind: "starting" | "waiting" | "resting" }
  | { readonly kind: "working"; readonly open: Open }
  | { readonly kind: "none"; readonly reason: string; readonly error: ApiError | null };

/** The item handed in before this one. */
export interface Handed {
  readonly lease: string;
  readonly name: string;
  readonly state: "sending" | "stored";
}
