import { ApiError } from "../../api/errors";
import type { Problem } from "../../editor/core/checks";
import { newId } from "../../editor/core/records";
import { Scope } from "../../editor/core/scope";
import { Signal } from "../../editor/core/signal";
import { WorkDatabase } from "../../editor/sync/database";
import { SyncQueue } from "../../editor/sync/queue";
import { Loader } from "./loader";
import { asApiError } from "./reading";
import type { Conflict, Handed, Open, Phase } from "./states";
import { WorkApi } from "./workApi";

/** What the label page sees of a person's work, and the ways in which it changes. */
export class SessionState {
  readonly changed = new Signal();
  readonly scope = new Scope();
  readonly queue: SyncQueue;
  readonly api: WorkApi;
  readonly loader: Loader;
  phase: Phase = { kind: "starting" };
  problems: readonly Problem[] = [];
  conflict: Conflict | null = null;
  /** Why the open task is no longer ours; null while it is. */
  lost: string | null = null;
  signedOut = false;
  /** The newest rules differ from those of the open task. */
  newerRules = false;
  handed: Handed | null = null;
  /** An answer that was taken back after it was handed in. */
  takenBack: { readonly name: string; readonly reason: string } | null = null;

  constructor(
    readonly project: string,
    person: string,
  ) {
    this.api = new WorkApi(project);
    this.loader = new Loader(this.api);
    const database = new WorkDatabase(person);
    this.queue = new SyncQueue({ database, transport: this.api, scope: this.scope, newKey: () => newId() });
  }

  get open(): Open | null {
    return this.phase.kind === "working" ? this.phase.open : null;
  }

  /** What the person did about a news: read it, or asked for the sign-in. */
  note(news: Partial<Pick<SessionState, "takenBack" | "signedOut">>): void {
    Object.assign(this, news);
    this.changed.emit();
  }

  protected go(phase: Phase): void {
    this.phase = phase;
    this.changed.emit();
  }

  /** Ends the open task by a call of the server, after everything drawn has gone there. */
  protected async end(call: (lease: string) => Promise<unknown>): Promise<void> {
    const { open } = this;
    if (!open) return;
    await this.queue.flush();
    await call(open.work.lease_id);
    await this.queue.discard(open.work.lease_id);
    open.picture.close();
  }

  /** Asks for work; what the server refuses becomes the page's reason. */
  protected async asking(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      this.trouble(error);
      const known = asApiError(error);
      this.go({ kind: "none", reason: known.code, error: known });
    }
  }

  protected trouble(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) this.signedOut = true;
    this.changed.emit();
  }
}
