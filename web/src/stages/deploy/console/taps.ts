import Dexie, { type Table } from "dexie";
import { api, ok } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import type { components } from "../../../api/schema";

type FeedbackIn = components["schemas"]["FeedbackIn"];

/** What an operator tapped, kept on this machine until the server has it. */
export interface Tap extends FeedbackIn {
  readonly deployment: string;
  readonly at: number;
}

class TapDatabase extends Dexie {
  taps!: Table<Tap, [string, string]>;

  constructor(person: string) {
    super(`tongguan-taps-${person}`);
    this.version(1).stores({ taps: "[deployment+prediction_id], at" });
  }
}

export type Send = (tap: Tap) => Promise<unknown>;

function overTheApi(tap: Tap): Promise<unknown> {
  const { deployment, at: _, ...body } = tap;
  return ok(
    api.POST("/api/v1/deployments/{deployment_id}/feedback", { params: { path: { deployment_id: deployment } }, body }),
  );
}

/** Taps of one person on their way to the server: the newest word on a prediction holds, each is sent until it arrives. */
export class TapQueue {
  private readonly store: TapDatabase;
  private readonly listeners = new Set<() => void>();
  private running: Promise<void> | null = null;
  private again = false;
  private waiting = 0;
  /** Taps that the server would not take, with its error. */
  refused: { tap: Tap; error: ApiError } | null = null;

  constructor(
    person: string,
    private readonly send: Send = overTheApi,
  ) {
    this.store = new TapDatabase(person);
    void this.count();
  }

  get pending(): number {
    return this.waiting;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async push(tap: Tap): Promise<void> {
    await this.store.taps.put(tap);
    await this.count();
    void this.flush();
  }

  /** Sends what waits, oldest first; stops at the first that the network holds back. */
  flush(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      for (const tap of await this.store.taps.orderBy("at").toArray()) {
        if (!(await this.deliver(tap))) break;
      }
    }
    await this.count();
  }

  private async deliver(tap: Tap): Promise<boolean> {
    try {
      await this.send(tap);
    } catch (error) {
      // Not signed in, too many at once, or no network: it waits. Anything else will never be taken.
      const lasting = error instanceof ApiError && [400, 403, 404, 422].includes(error.status);
      if (!lasting) return false;
      this.refused = { tap, error };
    }
    const now = await this.store.taps.get([tap.deployment, tap.prediction_id]);
    if (now?.at === tap.at) await this.store.taps.delete([tap.deployment, tap.prediction_id]);
    return true;
  }

  private async count(): Promise<void> {
    this.waiting = await this.store.taps.count();
    for (const listener of this.listeners) listener();
  }
}
