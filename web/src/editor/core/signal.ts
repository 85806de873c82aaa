/** A counter that tells its listeners when it moved. React reads `version`, the renderer marks layers dirty. */
export class Signal {
  #version = 0;
  readonly #listeners = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  emit(): void {
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` on every emit until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  get listeners(): number {
    return this.#listeners.size;
  }
}
