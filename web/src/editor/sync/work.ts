import type { Command } from "../core/changes";
import { type Snapshot, Store } from "../core/store";
import type { CommandRow, StartRow, SubmitIntent, WorkRow, WorkState } from "./database";
import type { Refusal, SaveRequest } from "./transport";

/** Most commands in one request. */
const BATCH = 400;

/** One lease in memory: its commands, and the annotation that they lead to. */
export class Work {
  readonly store = new Store();
  readonly commands: CommandRow[];
  state: WorkState;
  stored: number;
  submit: SubmitIntent | null;
  refusal: Refusal | null;
  savedAt: number | null = null;

  constructor(
    readonly start: StartRow,
    row: WorkRow,
    commands: readonly CommandRow[],
  ) {
    this.commands = [...commands];
    this.state = row.state;
    this.stored = row.stored;
    this.submit = row.submit;
    this.refusal = row.refusal;
    this.store.load(start.base);
    for (const { command } of this.commands) this.store.apply(command.changes);
  }

  get lease(): string {
    return this.start.lease;
  }

  get info(): unknown {
    return this.start.info;
  }

  get order(): number {
    return this.start.order;
  }

  get baseSeq(): number {
    return this.start.baseSeq;
  }

  get lastSeq(): number {
    return this.commands.at(-1)?.seq ?? this.start.baseSeq;
  }

  /** Commands that the server has not acknowledged. */
  get pending(): number {
    return Math.max(0, this.lastSeq - this.stored);
  }

  /** Whether something has to be sent. */
  get waiting(): boolean {
    return this.state !== "kept" && (this.pending > 0 || this.state === "submitting");
  }

  snapshot(): Snapshot {
    return this.store.snapshot();
  }

  add(command: Command, offline: boolean): CommandRow {
    if (command.seq !== this.lastSeq + 1) {
      throw new Error(`command ${command.seq} does not follow ${this.lastSeq} of ${this.lease}`);
    }
    const entry: CommandRow = { lease: this.lease, seq: command.seq, command, offline };
    this.commands.push(entry);
    this.store.apply(command.changes);
    return entry;
  }

  toRow(updatedAt: number): WorkRow {
    const { lease, stored, state, submit, refusal } = this;
    return { lease, stored, state, submit, refusal, updatedAt };
  }

  /** The next run of commands: as many as fit, all made online or all made offline; null when all are stored. */
  nextSave(): SaveRequest | null {
    const unsent = this.commands.filter((entry) => entry.seq > this.stored).slice(0, BATCH);
    const [first] = unsent;
    if (!first) return null;
    const turn = unsent.findIndex((entry) => entry.offline !== first.offline);
    const run = turn < 0 ? unsent : unsent.slice(0, turn);
    const complete = run.at(-1)?.seq === this.lastSeq;
    return {
      leaseId: this.lease,
      seqFrom: first.seq,
      commands: run.map((entry) => entry.command),
      labels: complete ? this.store.list() : null,
      nothing: this.store.nothing,
      offline: first.offline,
    };
  }
}
