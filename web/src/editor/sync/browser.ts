import { addLabel, type Command } from "../core/changes";
import type { Label } from "../core/records";
import { Scope } from "../core/scope";
import { testBox } from "../testing";
import { WorkDatabase } from "./database";
import type { FakeServer } from "./fake";
import { SyncQueue } from "./queue";

const EMPTY = { labels: [], ghosts: [], nothing: false };
let people = 0;

/** A browser of one person: may be killed and started again on the same store. */
export class Browser {
  readonly person: string;
  scope = new Scope();
  queue: SyncQueue;
  clock = 1000;
  #key = 0;
  #database: WorkDatabase | null = null;

  constructor(readonly server: FakeServer) {
    people += 1;
    this.person = `p${people}`;
    this.queue = this.#start();
  }

  #start(): SyncQueue {
    const newKey = () => {
      this.#key += 1;
      return `key${this.#key}`;
    };
    const database = new WorkDatabase(this.person);
    const { server, scope } = this;
    this.#database = database;
    return new SyncQueue({ database, transport: server, scope, newKey, gather: 1, now: () => this.clock });
  }

  /** The tab is closed: nothing more is sent or written. */
  async close(): Promise<void> {
    await this.queue.written();
    this.scope.dispose();
    await this.queue.settled();
    this.#database?.close();
  }

  async kill(): Promise<void> {
    await this.close();
    this.scope = new Scope();
    this.queue = this.#start();
    await this.queue.recover();
  }

  begin(lease: string, seq = 0) {
    return this.queue.begin({ lease, base: EMPTY, seq, info: { lease } });
  }

  draw(lease: string, seq: number): Label {
    const label = testBox(`${lease}-${seq}`, seq, seq, 10, 10);
    this.clock += 500;
    const command: Command = { seq, name: "draw", at: this.clock, changes: [addLabel(label)] };
    this.queue.push(lease, command);
    return label;
  }
}

export function logged(server: FakeServer, lease: string): number[] {
  return (server.leases.get(lease)?.log ?? []).map((command) => command.seq);
}

/** 1, 2, … count. */
export const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1);
