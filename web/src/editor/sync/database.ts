import Dexie, { type Table } from "dexie";
import type { Command } from "../core/changes";
import type { Snapshot } from "../core/store";
import type { Refusal } from "./transport";

/** open: being drawn · submitting: sent or waiting to be · kept: the server won't take it; it stays here until discarded. */
export type WorkState = "open" | "submitting" | "kept";

export interface SubmitIntent {
  readonly key: string;
  readonly base: number;
}

/** What a lease starts from on this machine; large, and written once. */
export interface StartRow {
  readonly lease: string;
  /** What the page wants to find again after a crash: item, address, rule version. */
  readonly info: unknown;
  /** The annotation before command `baseSeq + 1`. */
  readonly base: Snapshot;
  readonly baseSeq: number;
  /** Order of first opening: leases are sent in this order. */
  readonly order: number;
}

/** How far a lease has come; small, written with every command. */
export interface WorkRow {
  readonly lease: string;
  /** Last command that the server has acknowledged. */
  readonly stored: number;
  readonly state: WorkState;
  readonly submit: SubmitIntent | null;
  /** Why the server won't take it. */
  readonly refusal: Refusal | null;
  readonly updatedAt: number;
}

export interface CommandRow {
  readonly lease: string;
  readonly seq: number;
  readonly command: Command;
  /** Made while the server could not be reached. */
  readonly offline: boolean;
}

/** The browser's own store of what was drawn; one per person, so that people who share a machine never mix. */
export class WorkDatabase extends Dexie {
  starts!: Table<StartRow, string>;
  work!: Table<WorkRow, string>;
  commands!: Table<CommandRow, [string, number]>;

  constructor(person: string) {
    super(`tongguan-work-${person}`);
    this.version(1).stores({ starts: "&lease, order", work: "&lease", commands: "[lease+seq], lease" });
  }

  /** Commands and the rows that count them, together or not at all. */
  async write(rows: readonly WorkRow[], commands: readonly CommandRow[]): Promise<void> {
    await this.transaction("rw", this.work, this.commands, async () => {
      if (commands.length) await this.commands.bulkPut(commands);
      await this.work.bulkPut(rows);
    });
  }

  async start(start: StartRow, row: WorkRow, commands: readonly CommandRow[]): Promise<void> {
    await this.transaction("rw", this.starts, this.work, this.commands, async () => {
      await this.starts.put(start);
      await this.write([row], commands);
    });
  }

  async commandsOf(lease: string): Promise<CommandRow[]> {
    return this.commands.where("lease").equals(lease).sortBy("seq");
  }

  async remove(lease: string): Promise<void> {
    await this.transaction("rw", this.starts, this.work, this.commands, async () => {
      await this.commands.where("lease").equals(lease).delete();
      await this.work.delete(lease);
      await this.starts.delete(lease);
    });
  }
}
