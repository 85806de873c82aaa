// @vitest-environment node
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import type { Label } from "../core/records";
import { Browser, logged, upTo } from "./browser";
import { FakeServer, type Fault } from "./fake";

const FAULTS: readonly Fault[] = ["request_lost", "answer_lost", "server_error", "signed_out", "too_many"];

/** The same walk for the same number, so that a failing one can be walked again. */
function dice(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** A person who draws, submits, closes the tab and loses leases while the network does what it wants. */
class Walk {
  readonly server = new FakeServer();
  readonly browser = new Browser(this.server);
  readonly drawn = new Map<string, Label[]>();
  readonly lost = new Set<string>();
  readonly submitted = new Set<string>();
  lease = "";

  constructor(private readonly roll: () => number) {}

  async next(): Promise<void> {
    this.lease = `lease${this.drawn.size}`;
    const free = ![...this.server.leases.values()].some((entry) => entry.state === "open" || entry.state === "next");
    this.server.hand(this.lease, free ? "open" : "next");
    this.drawn.set(this.lease, []);
    await this.browser.begin(this.lease);
  }

  async step(): Promise<void> {
    const { queue } = this.browser;
    const fault = this.roll() < 0.5 ? "none" : (FAULTS[Math.floor(this.roll() * FAULTS.length)] ?? "none");
    this.server.fault = () => fault;
    const kind = this.roll();
    if (kind < 0.55) this.draw();
    else if (kind < 0.75) await queue.flush();
    else if (kind < 0.83) await this.closeTab();
    else if (kind < 0.88) queue.wake();
    else if (kind < 0.91) await this.lose();
    else if (kind > 0.95) await this.submit();
  }

  draw(): void {
    const marks = this.drawn.get(this.lease) ?? [];
    marks.push(this.browser.draw(this.lease, marks.length + 1));
  }

  async closeTab(): Promise<void> {
    await this.browser.kill();
    const opened = this.server.leases.get(this.lease)?.state === "open";
    await this.browser.begin(this.lease, opened ? logged(this.server, this.lease).length : 0);
  }

  async submit(): Promise<void> {
    this.browser.queue.submit(this.lease, 0);
    this.submitted.add(this.lease);
    await this.next();
  }

  async lose(): Promise<void> {
    const entry = this.server.leases.get(this.lease);
    if (entry?.state !== "open") return;
    entry.state = "expired";
    this.lost.add(this.lease);
    this.browser.queue.submit(this.lease, 0);
    await this.next();
  }

  /** The network is good again. */
  async heal(): Promise<void> {
    this.server.fault = () => "none";
    for (let turn = 0; turn < 3; turn += 1) {
      this.browser.queue.wake();
      await this.browser.queue.settled();
    }
  }

  check(): void {
    const kept = new Map(this.browser.queue.kept().map((work) => [work.lease, work.snapshot().labels]));
    for (const [lease, marks] of this.drawn) {
      const there = this.server.leases.get(lease);
      const labels = this.lost.has(lease) ? kept.get(lease) : there?.labels;
      expect(labels).toEqual(marks);
      if (!this.lost.has(lease)) expect(logged(this.server, lease)).toEqual(upTo(marks.length));
      expect(there?.submits.length).toBe(this.submitted.has(lease) ? 1 : 0);
    }
    expect(this.browser.queue.pending).toBe(0);
  }
}

describe("any order of failures", () => {
  it.each(upTo(40))("loses nothing and doubles nothing (walk %i)", async (seed) => {
    const walk = new Walk(dice(seed));
    await walk.next();
    for (let step = 0; step < 80; step += 1) await walk.step();
    await walk.heal();
    walk.check();
    await walk.browser.close();
  });
});
