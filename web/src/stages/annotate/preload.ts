import type { Loader, Prepared } from "./loader";
import type { WorkApi } from "./workApi";

/** The task after this one: claimed, its rules and picture loaded, waiting to be shown. */
export class Preload {
  #asked: Promise<void> | null = null;
  #ready: Prepared | null = null;

  constructor(
    private readonly api: WorkApi,
    private readonly loader: Loader,
    private readonly done: (error: unknown) => void,
  ) {}

  get ready(): Prepared | null {
    return this.#ready;
  }

  /** True from the asking until it is taken. */
  get busy(): boolean {
    return this.#asked !== null;
  }

  /** Asks once; `done` is called when something, nothing or an error came. */
  start(): void {
    if (this.#asked) return;
    this.#asked = this.#load().then(
      () => this.#ended(null),
      (error: unknown) => this.#ended(error),
    );
  }

  take(): Prepared | null {
    const ready = this.#ready;
    if (ready) this.drop();
    return ready;
  }

  drop(): void {
    this.#ready = null;
    this.#asked = null;
  }

  /** What was begun already waits again. */
  put(prepared: Prepared): void {
    this.#ready = prepared;
    this.#asked = Promise.resolve();
  }

  async #load(): Promise<void> {
    const given = await this.api.claim("next");
    if ("lease_id" in given) this.#ready = await this.loader.prepare(given);
  }

  #ended(error: unknown): void {
    if (!this.#ready) this.#asked = null;
    this.done(error);
  }
}
