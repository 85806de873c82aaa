import type { Scope } from "../core/scope";

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15000, 30000] as const;

/** Runs one task at a time: now, in a moment, or after a growing wait; a wish during a run is run after it. */
export class Pace {
  #running: Promise<void> | null = null;
  #again = false;
  #attempt = 0;
  #timer: (() => void) | null = null;

  constructor(
    private readonly scope: Scope,
    private readonly task: () => Promise<void>,
  ) {}

  now(): void {
    this.#timer?.();
    this.#timer = null;
    if (this.scope.disposed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#running = this.task().finally(() => {
      this.#running = null;
      if (this.#again) this.now();
    });
  }

  /** In so many milliseconds, unless it is to run earlier already. */
  soon(ms: number): void {
    if (this.#timer || this.scope.disposed) return;
    this.#timer = this.scope.timeout(() => this.now(), ms);
  }

  /** Later; each time in a row waits longer. */
  backOff(): void {
    const last = BACKOFF_MS.length - 1;
    this.soon(BACKOFF_MS[Math.min(this.#attempt, last)] ?? 30000);
    this.#attempt += 1;
  }

  /** Something went well: the next wait is short again. */
  succeed(): void {
    this.#attempt = 0;
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }
}
