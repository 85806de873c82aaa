import { ApiError } from "../../api/errors";
import type { Command } from "../../editor/core/changes";
import type { Snapshot } from "../../editor/core/store";
import type { SubmitOutcome } from "../../editor/sync/queue";
import type { Refusal } from "../../editor/sync/transport";
import type { Prepared } from "./loader";
import { Preload } from "./preload";
import { beginningOf, conflictOf, problemsOf, replacing } from "./reading";
import { SessionState } from "./sessionState";
import type { Open } from "./states";
import type { SkipReason, Work } from "./workApi";

const BEAT_MS = 20_000;
const AGAIN_MS = 15_000;

/** One person's work on the label page: one open task, one preloaded, everything drawn kept by the queue. */
export class LabelSession extends SessionState {
  readonly preload: Preload;
  /** Handed in and not yet stored: comes back to the page where it is refused. */
  readonly #sent = new Map<string, Open>();
  readonly #begun = new Set<string>();

  constructor(project: string, person: string) {
    super(project, person);
    this.preload = new Preload(this.api, this.loader, (error) => this.#preloaded(error));
    this.scope.add(this.queue.outcomes.listen((outcome) => this.#outcome(outcome)));
    this.scope.add(this.queue.changed.subscribe(() => this.#synced()));
    this.scope.listen(window, "online", () => this.wake());
  }

  async start(): Promise<void> {
    await this.queue.recover();
    // An answer handed in before the tab was closed goes first: until then its task is still ours.
    await this.queue.settled();
    this.scope.interval(() => void this.#beat(), BEAT_MS);
    this.scope.interval(() => this.#retry(), AGAIN_MS);
    await this.goOn();
  }

  /** Opens the preloaded task, else asks for the next one. */
  async goOn(): Promise<void> {
    const ready = this.preload.take();
    if (ready) return this.#show(ready);
    if (this.phase.kind !== "starting" && this.phase.kind !== "none") this.go({ kind: "waiting" });
    if (this.#sent.size > 0 || this.preload.busy) return undefined;
    return this.asking(async () => {
      const given = await this.api.claim("open");
      if ("lease_id" in given) await this.#show(await this.loader.prepare(given));
      else this.go({ kind: "none", reason: given.reason, error: null });
    });
  }

  /** Shows a task that was adopted; `labels` take the place of the server's. */
  show(work: Work, labels: Snapshot | null): Promise<void> {
    return this.asking(async () => {
      const prepared = await this.loader.prepare(work);
      await this.#show(prepared);
      if (labels) await this.#replace(labels);
    });
  }

  command(command: Command): void {
    const { open } = this;
    if (!open || this.lost) return;
    this.problems = [];
    this.queue.push(open.work.lease_id, command);
  }

  submit(): void {
    const { open } = this;
    if (!open || this.lost) return;
    const { lease_id: lease, item } = open.work;
    this.#sent.set(lease, open);
    this.handed = { lease, name: item.name, state: "sending" };
    this.queue.submit(lease, open.base);
    void this.goOn();
  }

  async skip(reason: SkipReason, note: string): Promise<void> {
    await this.end((lease) => this.api.skip(lease, reason, note));
    await this.goOn();
  }

  async giveBack(): Promise<void> {
    await this.end((lease) => this.api.giveBack(lease));
    this.go({ kind: "resting" });
  }

  /** Two answers meet: one's own is handed in on top of the other, or the other is taken over to go on from. */
  async settle(mine: boolean): Promise<void> {
    const { open, conflict } = this;
    if (!open || !conflict) return;
    this.go({ kind: "working", open: { ...open, base: conflict.revision } });
    if (mine) this.submit();
    else await this.#replace(conflict);
  }

  /** The network or the login is back. */
  wake(): void {
    this.signedOut = false;
    this.queue.wake();
    this.#retry();
    this.changed.emit();
  }

  async #show(prepared: Prepared, base = prepared.work.base): Promise<void> {
    const { work, picture } = prepared;
    this.problems = [];
    this.conflict = null;
    this.lost = null;
    const begun = await this.queue.begin(beginningOf(work));
    const { seq, snapshot } = begun;
    const restored = this.#begun.has(work.lease_id) ? 0 : begun.restored;
    this.#begun.add(work.lease_id);
    const document = { id: work.lease_id, picture, ...snapshot, seq, readOnly: false };
    this.newerRules = work.current_rule_version_id !== null && work.current_rule_version_id !== work.rule_version_id;
    this.go({ kind: "working", open: { ...prepared, document, base, restored } });
    if (work.state === "open") this.preload.start();
    else if (this.#sent.size === 0) await this.#begin(work.lease_id);
  }

  /** Puts other labels into the open task, as a step of its own. */
  async #replace(labels: Pick<Snapshot, "labels" | "nothing">): Promise<void> {
    const { open } = this;
    if (!open) return;
    const { work } = open;
    const { seq, snapshot } = await this.queue.begin(beginningOf(work));
    this.queue.push(work.lease_id, replacing(snapshot, labels, seq + 1));
    await this.#show(open, open.base);
  }

  /** Starts the clock of a preloaded task, once the one before is stored. */
  async #begin(lease: string): Promise<void> {
    try {
      await this.api.opened(lease);
      const { open } = this;
      if (open?.work.lease_id === lease) {
        this.go({ kind: "working", open: { ...open, work: { ...open.work, state: "open" } } });
      }
      this.preload.start();
    } catch (error) {
      this.trouble(error);
      if (!(error instanceof ApiError) || error.transient || error.status === 401) return;
      if (this.queue.touched(lease)) await this.queue.flush();
      else await this.#drop(lease);
    }
  }

  /** A preloaded task that went back before anything was drawn: nobody misses it. */
  async #drop(lease: string): Promise<void> {
    await this.queue.discard(lease);
    if (this.open?.work.lease_id === lease) await this.goOn();
  }

  #preloaded(error: unknown): void {
    if (error) this.trouble(error);
    if (this.phase.kind === "waiting") void this.goOn();
  }

  #outcome(outcome: SubmitOutcome): void {
    const sent = this.#sent.get(outcome.lease);
    this.#sent.delete(outcome.lease);
    if (outcome.kind === "refused") {
      if (sent) void this.#refused(sent, outcome.refusal);
      return;
    }
    if (outcome.kind === "stored" && this.handed?.lease === outcome.lease) {
      this.handed = { ...this.handed, state: "stored" };
    }
    if (outcome.kind === "lost") {
      const reason = String(outcome.refusal.params.reason ?? outcome.refusal.code);
      this.takenBack = { name: sent?.work.item.name ?? "", reason };
    }
    sent?.picture.close();
    const { open } = this;
    if (open?.work.state === "next") void this.#begin(open.work.lease_id);
    else if (this.phase.kind === "waiting") void this.goOn();
    this.changed.emit();
  }

  /** An answer that was refused comes back; what was begun meanwhile waits as the next one. */
  async #refused(sent: Open, refusal: Refusal): Promise<void> {
    const { open } = this;
    if (open) this.preload.put(open);
    this.handed = null;
    await this.#show({ ...sent, work: { ...sent.work, state: "open" } }, sent.base);
    this.problems = problemsOf(refusal);
    if (refusal.code === "revision.stale") this.conflict = conflictOf(refusal);
    this.changed.emit();
  }

  /** The queue has news: perhaps that the open task is lost. */
  #synced(): void {
    const { open } = this;
    const status = open ? this.queue.status(open.work.lease_id) : null;
    if (status?.state === "lost") this.#lose(status.reason);
    else if (status?.state === "signed_out") this.signedOut = true;
    this.changed.emit();
  }

  #lose(reason: string): void {
    const { open } = this;
    if (!open || this.lost) return;
    this.lost = reason;
    const { lease_id: lease } = open.work;
    const now = this.queue.snapshot(lease) ?? open.document;
    this.go({ kind: "working", open: { ...open, document: { ...open.document, ...now, readOnly: true } } });
    // What the server has not got goes there now, into its list of kept drafts.
    void this.queue.flush().then(() => (this.queue.status(lease).state === "idle" ? this.queue.discard(lease) : null));
  }

  async #beat(): Promise<void> {
    const { open } = this;
    if (!open || this.lost || open.work.state === "next") return;
    try {
      const heard = await this.api.beat(open.work.lease_id);
      const next = this.preload.ready?.work.lease_id;
      if (heard.ended.some(({ lease_id }) => lease_id === next)) this.preload.drop();
      this.newerRules = heard.current_rule_version_id !== open.work.rule_version_id;
      this.preload.start();
    } catch (error) {
      const gone = error instanceof ApiError && /^lease\.(lost|unknown|submitted)$/.test(error.code);
      // An answer that is on its way ends its lease by itself.
      if (gone && !this.#sent.has(open.work.lease_id)) this.#lose(String(error.params.reason ?? error.code));
      else this.trouble(error);
    }
    this.changed.emit();
  }

  #retry(): void {
    if (this.signedOut) return;
    if (this.phase.kind === "none" || this.phase.kind === "waiting") void this.goOn();
    else if (this.open?.work.state === "open" && !this.lost) this.preload.start();
  }
}
