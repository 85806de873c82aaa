import type { Command } from "../core/changes";
import type { Scope } from "../core/scope";
import { Signal } from "../core/signal";
import type { Snapshot } from "../core/store";
import type { WorkDatabase } from "./database";
import { Journal } from "./journal";
import { Pace } from "./pace";
import { networkDown, type Refusal, type Transport, TransportError } from "./transport";
import type { Work } from "./work";

export type SyncStatus =
  | { readonly state: "idle" }
  | { readonly state: "saved"; readonly at: number }
  | { readonly state: "saving"; readonly pending: number }
  | { readonly state: "offline"; readonly pending: number }
  | { readonly state: "signed_out"; readonly pending: number }
  | { readonly state: "lost"; readonly reason: string; readonly refusal: Refusal };

export type SubmitOutcome =
  | { readonly kind: "stored"; readonly lease: string; readonly answer: unknown }
  | { readonly kind: "refused" | "lost"; readonly lease: string; readonly refusal: Refusal };

/** What a lease starts from, as the server handed it out. */
export interface Beginning {
  readonly lease: string;
  readonly base: Snapshot;
  /** Number of the last command that the server has stored. */
  readonly seq: number;
  readonly info: unknown;
}

export interface Begun {
  readonly snapshot: Snapshot;
  readonly seq: number;
  /** Commands found on this machine that the server did not have: a crash, a closed tab. */
  readonly restored: number;
}

export interface QueueOptions {
  readonly database: WorkDatabase;
  readonly transport: Transport;
  readonly scope: Scope;
  readonly now?: () => number;
  readonly newKey: () => string;
  /** Milliseconds between a command and its sending. */
  readonly gather?: number;
}

const GATHER_MS = 600;

/** Who wants to hear what became of answers. */
class Outcomes {
  readonly #listeners = new Set<(outcome: SubmitOutcome) => void>();

  /** @returns what ends the listening. */
  listen(listener: (outcome: SubmitOutcome) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(outcome: SubmitOutcome): void {
    for (const listener of [...this.#listeners]) listener(outcome);
  }
}

/**
 * Everything drawn goes to this machine's own store first, then to the server in order, again and again until it is
 * acknowledged. Nothing is ever removed here before the server has it for good or the person throws it away.
 */
export class SyncQueue {
  readonly changed = new Signal();
  readonly #journal: Journal;
  /** What became of answers that were handed in. */
  readonly outcomes = new Outcomes();
  readonly #now: () => number;
  readonly #pace: Pace;
  #mode: "online" | "offline" | "signed_out" = "online";

  constructor(private readonly options: QueueOptions) {
    this.#now = options.now ?? Date.now;
    this.#pace = new Pace(options.scope, () => this.#run());
    this.#journal = new Journal(options.database, this.#now, () => this.changed.emit());
  }

  /** False when this browser can't keep anything: then a closed tab loses what was not yet sent. */
  get durable(): boolean {
    return this.#journal.durable;
  }

  /** Finds what a crash or a closed tab left behind, and goes on sending it. Call once, before `begin`. */
  async recover(): Promise<readonly Work[]> {
    await this.#journal.load();
    this.changed.emit();
    this.#pace.now();
    return this.#journal.all();
  }

  /** Starts, or goes on with, a lease. What this machine has and the server does not is put on top. */
  async begin(beginning: Beginning): Promise<Begun> {
    const known = this.#journal.get(beginning.lease);
    if (known && known.state !== "kept" && beginning.seq <= known.lastSeq) {
      const restored = known.lastSeq - beginning.seq;
      known.stored = Math.max(known.stored, beginning.seq);
      this.#journal.touch(known);
      this.#pace.now();
      return { snapshot: known.snapshot(), seq: known.lastSeq, restored };
    }
    // Gone on with elsewhere: the server's is newer. What only this machine has stays as a draft.
    if (known) await this.#journal.setAside(known, known.refusal ?? elsewhere(known.lease), this.options.newKey());
    const work = await this.#journal.create(beginning);
    this.changed.emit();
    return { snapshot: work.snapshot(), seq: work.lastSeq, restored: 0 };
  }

  /** Keeps a command; sends it in a moment. */
  push(lease: string, command: Command): void {
    const work = this.#journal.get(lease);
    if (!work) throw new Error(`lease ${lease} was not begun`);
    this.#journal.add(work, command, this.#mode !== "online");
    this.changed.emit();
    if (this.#mode === "online") this.#pace.soon(this.options.gather ?? GATHER_MS);
  }

  /** Hands the answer in, now or as soon as there is a network; told by `onOutcome`. Pressing twice is once. */
  submit(lease: string, base: number): void {
    const work = this.#journal.get(lease);
    if (work?.state !== "open") return;
    work.state = "submitting";
    work.submit ??= { key: this.options.newKey(), base };
    work.refusal = null;
    this.#journal.touch(work);
    this.changed.emit();
    this.#pace.now();
  }

  /** The network is back, or somebody has signed in: try at once. */
  wake(): void {
    if (this.#mode === "signed_out") this.#mode = "online";
    this.#pace.succeed();
    this.#pace.now();
  }

  /** Everything that waits, of all leases. */
  get pending(): number {
    return this.#journal.all().reduce((sum, work) => sum + (work.state === "kept" ? 0 : work.pending), 0);
  }

  status(lease: string): SyncStatus {
    const work = this.#journal.get(lease);
    if (work?.state === "kept" && work.refusal) {
      const reason = work.refusal.params.reason;
      return { state: "lost", reason: typeof reason === "string" ? reason : work.refusal.code, refusal: work.refusal };
    }
    const { pending } = this;
    const sending = this.#journal.all().some((entry) => entry.waiting);
    if (sending && this.#mode !== "online") return { state: this.#mode, pending };
    if (work?.pending) return { state: "saving", pending: work.pending };
    return work?.savedAt ? { state: "saved", at: work.savedAt } : { state: "idle" };
  }

  /** The annotation of a lease as it is on this machine. */
  snapshot(lease: string): Snapshot | null {
    return this.#journal.get(lease)?.snapshot() ?? null;
  }

  /** Whether anything was drawn under a lease on this machine. */
  touched(lease: string): boolean {
    return (this.#journal.get(lease)?.commands.length ?? 0) > 0;
  }

  /** Work that the server won't take, kept until it is discarded. */
  kept(): readonly Work[] {
    return this.#journal.all().filter((work) => work.state === "kept");
  }

  /** Throws kept work away, or forgets a lease handed back. */
  async discard(lease: string): Promise<void> {
    await this.#journal.remove(lease);
    this.changed.emit();
  }

  /** Resolves when everything pushed so far is in this machine's own store. */
  written(): Promise<void> {
    return this.#journal.written();
  }

  /** Resolves when nothing is on its way any more (sent, or waiting for network or person). */
  async settled(): Promise<void> {
    await this.#journal.written();
    await this.#pace.idle();
  }

  /** Sends what waits now, without the usual moment of gathering. */
  flush(): Promise<void> {
    this.#pace.now();
    return this.settled();
  }

  /** Sends lease after lease, in order, until all is stored or something stands in the way. */
  async #run(): Promise<void> {
    while (this.#mode !== "signed_out") {
      await this.#journal.written();
      const work = this.#journal.all().find((entry) => entry.waiting);
      if (!work || this.options.scope.disposed) return;
      try {
        await this.#send(work);
        this.#pace.succeed();
        this.#mode = "online";
      } catch (error) {
        const failure = error instanceof TransportError ? error : networkDown(error);
        if (!(await this.#failed(work, failure))) return;
      }
      this.changed.emit();
    }
  }

  async #send(work: Work): Promise<void> {
    const request = work.nextSave();
    if (request) {
      const stored = await this.options.transport.save(request);
      // A number that this machine can't know or can't resend from: somebody else has written to this lease.
      if (stored > work.lastSeq || stored < work.baseSeq) throw new TransportError(elsewhere(work.lease));
      if (stored < request.seqFrom && stored >= work.stored) throw networkDown("the server stored nothing");
      work.stored = stored;
      work.savedAt = this.#now();
      this.#journal.touch(work);
      return;
    }
    if (!work.submit) return;
    const { key, base } = work.submit;
    const { labels, nothing } = work.snapshot();
    const offline = this.#mode === "offline";
    const wish = { leaseId: work.lease, key, base, labels, nothing, seq: work.lastSeq, offline };
    const answer = await this.options.transport.submit(wish);
    await this.#journal.remove(work.lease);
    this.outcomes.tell({ kind: "stored", lease: work.lease, answer });
  }

  /** @returns whether to go on at once with what else waits. */
  async #failed(work: Work, error: TransportError): Promise<boolean> {
    const { failure, refusal } = error;
    if (failure === "missing") {
      const seq = Number(refusal.params.seq);
      // Only a smaller number leads on: the same one again would go round for ever.
      if (!(seq < work.stored)) return this.#keep(work, refusal);
      work.stored = seq;
      this.#journal.touch(work);
      return true;
    }
    if (failure === "not_open") return this.#open(work);
    if (failure === "lost") return this.#keep(work, refusal);
    if (failure === "refused") {
      if (work.nextSave()) return this.#keep(work, refusal);
      work.state = "open";
      // What was refused gets a key of its own next time: it will be another answer.
      work.submit = null;
      work.refusal = refusal;
      this.#journal.touch(work);
      this.outcomes.tell({ kind: "refused", lease: work.lease, refusal });
      return true;
    }
    this.#mode = failure === "signed_out" ? "signed_out" : error.unreachable ? "offline" : this.#mode;
    this.changed.emit();
    if (failure !== "signed_out") this.#pace.backOff();
    return false;
  }

  async #open(work: Work): Promise<boolean> {
    try {
      await this.options.transport.open(work.lease);
      return true;
    } catch (error) {
      const failure = error instanceof TransportError ? error : networkDown(error);
      if (failure.failure === "not_open" || failure.failure === "missing") return this.#keep(work, failure.refusal);
      return this.#failed(work, failure);
    }
  }

  /** The server won't take it: it stays on this machine, with the reason. */
  #keep(work: Work, refusal: Refusal): boolean {
    const submitted = work.state === "submitting";
    work.state = "kept";
    work.refusal = refusal;
    this.#journal.touch(work);
    this.changed.emit();
    if (submitted) this.outcomes.tell({ kind: "lost", lease: work.lease, refusal });
    return true;
  }
}

function elsewhere(lease: string): Refusal {
  const message = "This task was worked on in another browser.";
  return { status: 409, code: "lease.elsewhere_open", message, params: { lease_id: lease, reason: "elsewhere" } };
}
