import type { Command } from "../core/changes";
import type { CommandRow, StartRow, WorkDatabase, WorkRow } from "./database";
import type { Beginning } from "./queue";
import type { Refusal } from "./transport";
import { Work } from "./work";

/** Work in memory, mirrored into the browser's database in the order in which things happened. */
export class Journal {
  durable = true;
  readonly #works = new Map<string, Work>();
  #writes: Promise<void> = Promise.resolve();
  #order = 0;
  /** Gathered until the write before them has ended: one transaction for a burst of commands. */
  #rows = new Map<string, WorkRow>();
  #commands: CommandRow[] = [];
  #gathering = false;

  constructor(
    private readonly database: WorkDatabase,
    private readonly now: () => number,
    private readonly onTrouble: () => void,
  ) {}

  get(lease: string): Work | undefined {
    return this.#works.get(lease);
  }

  /** In the order in which the leases were begun. */
  all(): Work[] {
    return [...this.#works.values()].sort((a, b) => a.order - b.order);
  }

  async load(): Promise<void> {
    try {
      for (const start of await this.database.starts.orderBy("order").toArray()) {
        const row = await this.database.work.get(start.lease);
        if (!row || this.#works.has(start.lease)) continue;
        this.#works.set(start.lease, new Work(start, row, await this.database.commandsOf(start.lease)));
        this.#order = Math.max(this.#order, start.order);
      }
    } catch {
      this.#trouble();
    }
  }

  async create({ lease, base, seq, info }: Beginning): Promise<Work> {
    this.#order += 1;
    const row: WorkRow = { lease, stored: seq, state: "open", submit: null, refusal: null, updatedAt: this.now() };
    return this.#put({ lease, info, base, baseSeq: seq, order: this.#order }, row, []);
  }

  add(work: Work, command: Command, offline: boolean): void {
    this.#commands.push(work.add(command, offline));
    this.touch(work);
  }

  /** Writes how far a work has come. */
  touch(work: Work): void {
    if (this.#works.get(work.lease) !== work) return;
    this.#rows.set(work.lease, work.toRow(this.now()));
    if (this.#gathering) return;
    this.#gathering = true;
    this.#write(() => {
      this.#gathering = false;
      const [rows, commands] = [[...this.#rows.values()], this.#commands];
      this.#rows = new Map();
      this.#commands = [];
      return this.database.write(rows, commands);
    });
  }

  /** Moves a work under another name, as a kept draft; nothing of it where the server has everything. */
  async setAside(work: Work, refusal: Refusal, name: string): Promise<void> {
    await this.written();
    if (work.pending > 0 || work.state === "kept") {
      this.#order += 1;
      const lease = `${work.lease}:${name}`;
      const row: WorkRow = { ...work.toRow(this.now()), lease, state: "kept", submit: null, refusal };
      const commands = work.commands.map((entry) => ({ ...entry, lease }));
      await this.#put({ ...work.start, lease, order: this.#order }, row, commands);
    }
    await this.remove(work.lease);
  }

  async remove(lease: string): Promise<void> {
    this.#works.delete(lease);
    this.#write(() => this.database.remove(lease));
    await this.written();
  }

  /** Resolves when everything so far is in the database, or the database has failed. */
  async written(): Promise<void> {
    await this.#writes;
  }

  async #put(start: StartRow, row: WorkRow, commands: readonly CommandRow[]): Promise<Work> {
    const work = new Work(start, row, commands);
    this.#works.set(start.lease, work);
    this.#write(() => this.database.start(start, row, commands));
    await this.written();
    return work;
  }

  #write(step: () => Promise<void>): void {
    this.#writes = this.#writes.then(step).catch(() => this.#trouble());
  }

  #trouble(): void {
    this.durable = false;
    this.onTrouble();
  }
}
