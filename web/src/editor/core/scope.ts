/** Owns listeners, timers, frames and observers; `dispose` ends them all, once, in reverse order. */
export class Scope {
  readonly #ends = new Set<() => void>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** How many things are still held: a leak test's figure. */
  get held(): number {
    return this.#ends.size;
  }

  /** Registers `end`; the returned function ends it early. */
  add(end: () => void): () => void {
    if (this.#disposed) {
      end();
      return () => {};
    }
    const once = () => {
      if (this.#ends.delete(once)) end();
    };
    this.#ends.add(once);
    return once;
  }

  listen<T extends Event>(
    target: EventTarget,
    type: string,
    handler: (event: T) => void,
    options?: AddEventListenerOptions,
  ): () => void {
    const listener = handler as EventListener;
    target.addEventListener(type, listener, options);
    return this.add(() => target.removeEventListener(type, listener, options));
  }

  timeout(handler: () => void, ms: number): () => void {
    const id = setTimeout(() => {
      end();
      handler();
    }, ms);
    const end = this.add(() => clearTimeout(id));
    return end;
  }

  interval(handler: () => void, ms: number): () => void {
    const id = setInterval(handler, ms);
    return this.add(() => clearInterval(id));
  }

  frame(handler: (time: number) => void): () => void {
    const id = requestAnimationFrame((time) => {
      end();
      handler(time);
    });
    const end = this.add(() => cancelAnimationFrame(id));
    return end;
  }

  observe(observer: { disconnect(): void }): () => void {
    return this.add(() => observer.disconnect());
  }

  /** A scope that ends with this one, or earlier. */
  child(): Scope {
    const scope = new Scope();
    const end = this.add(() => scope.dispose());
    scope.add(end);
    return scope;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const end of [...this.#ends].reverse()) end();
  }
}
