import type { Command } from "../core/changes";
import type { Label } from "../core/records";

/** A run of commands and the annotation they lead to. */
export interface SaveRequest {
  readonly leaseId: string;
  /** Number of the first command. */
  readonly seqFrom: number;
  readonly commands: readonly Command[];
  /** All labels after these commands; null when more commands follow. */
  readonly labels: readonly Label[] | null;
  readonly nothing: boolean;
  /** Made while the network was away, and replayed now. */
  readonly offline: boolean;
}

export interface SubmitRequest {
  readonly leaseId: string;
  /** Made once per submit: sent again, the server gives the same answer. */
  readonly key: string;
  /** Revision that the work started from. */
  readonly base: number;
  readonly labels: readonly Label[];
  readonly nothing: boolean;
  /** Number of the last command; all of them were saved before. */
  readonly seq: number;
  readonly offline: boolean;
}

/** The way to the server. Every failure is thrown as `TransportError`; anything else counts as a broken network. */
export interface Transport {
  /** @returns the number of the last command stored. */
  save(request: SaveRequest): Promise<number>;
  /** @returns the server's words, passed on to who submitted. */
  submit(request: SubmitRequest): Promise<unknown>;
  /** Opens preloaded work: its clock starts. */
  open(leaseId: string): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What a failure means for what was drawn.
 * wait: try again later · signed_out: keep, ask to sign in · missing: send again from a number · not_open: open first ·
 * lost: the task is no longer ours, keep as a draft · refused: the person has to look at it
 */
export type Failure = "wait" | "signed_out" | "missing" | "not_open" | "lost" | "refused";

export class TransportError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = "TransportError";
  }

  get failure(): Failure {
    return failureOf(this.refusal);
  }

  /** True where no answer came: the network is away, or the server is down or restarting. */
  get unreachable(): boolean {
    return this.refusal.status === 0 || this.refusal.status >= 500;
  }
}

const BY_CODE: Readonly<Record<string, Failure>> = {
  "auth.csrf": "signed_out",
  "commands.missing": "missing",
  "lease.not_open": "not_open",
  "lease.limit": "wait",
  "project.paused": "wait",
  "lease.lost": "lost",
  "lease.unknown": "lost",
  "lease.submitted": "lost",
  "rule.changed": "lost",
  "annotation.deleted": "lost",
  "labels.invalid": "refused",
  "revision.stale": "refused",
};

export function failureOf({ status, code }: Pick<Refusal, "status" | "code">): Failure {
  const known = BY_CODE[code];
  if (known) return known;
  if (status === 0 || status === 408 || status === 429 || status >= 500) return "wait";
  if (status === 401) return "signed_out";
  if (status === 403 || status === 404 || status === 410) return "lost";
  return "refused";
}

export function networkDown(cause: unknown): TransportError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new TransportError({ status: 0, code: "network", message, params: {} });
}
