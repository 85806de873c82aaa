import { pressKey } from "./actions";
import { type ScreenPoint, screenPoint } from "./coordinates";
import type { Editor } from "./editor";
import type { Scope } from "./scope";
import type { PointerInput } from "./tool";

const WHEEL_STEP = 1.0016;

interface Pan {
  readonly pointer: number;
  at: ScreenPoint;
}

/** Mouse, pen, touch and keys of the page to the editor. Dispose it to hear nothing more. */
export class Input {
  readonly #scope: Scope;
  #space = false;
  #pan: Pan | null = null;
  #pressed: number | null = null;

  constructor(
    private readonly editor: Editor,
    private readonly host: HTMLElement,
  ) {
    this.#scope = editor.scope.child();
    this.#scope.listen<PointerEvent>(host, "pointerdown", (event) => this.#down(event));
    this.#scope.listen<PointerEvent>(host, "pointermove", (event) => this.#move(event));
    this.#scope.listen<PointerEvent>(host, "pointerup", (event) => this.#up(event));
    this.#scope.listen<PointerEvent>(host, "pointercancel", () => this.#lost());
    this.#scope.listen<PointerEvent>(host, "pointerleave", () => editor.preview.setPointer(null, null));
    this.#scope.listen<WheelEvent>(host, "wheel", (event) => this.#wheel(event), { passive: false });
    this.#scope.listen<MouseEvent>(host, "contextmenu", (event) => event.preventDefault());
    this.#scope.listen<KeyboardEvent>(window, "keydown", (event) => this.#key(event));
    this.#scope.listen<KeyboardEvent>(window, "keyup", (event) => {
      if (event.code === "Space") this.#space = false;
      this.#cursor();
    });
    this.#scope.listen(window, "blur", () => this.#lost());
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #screen(event: MouseEvent): ScreenPoint {
    const box = this.host.getBoundingClientRect();
    return screenPoint(event.clientX - box.left, event.clientY - box.top);
  }

  #pointer(event: MouseEvent): PointerInput {
    const screen = this.#screen(event);
    return {
      screen,
      image: this.editor.viewport.toImage(screen),
      shift: event.shiftKey,
      mod: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    };
  }

  #down(event: PointerEvent): void {
    if (this.#pressed !== null || this.#pan) return;
    this.host.focus({ preventScroll: true });
    this.#capture(event.pointerId);
    const panning = event.button === 1 || event.button === 2 || (event.button === 0 && this.#space);
    if (panning) {
      this.#pan = { pointer: event.pointerId, at: this.#screen(event) };
    } else if (event.button === 0) {
      this.#pressed = event.pointerId;
      this.editor.machine.state.pointerDown?.(this.#pointer(event));
    }
    event.preventDefault();
    this.#cursor();
  }

  #move(event: PointerEvent): void {
    if (this.#pan?.pointer === event.pointerId) {
      const at = this.#screen(event);
      this.editor.viewport.panBy(at.x - this.#pan.at.x, at.y - this.#pan.at.y);
      this.#pan.at = at;
      return;
    }
    if (this.#pressed !== null && this.#pressed !== event.pointerId) return;
    this.editor.machine.state.pointerMove?.(this.#pointer(event));
    this.#cursor();
  }

  #up(event: PointerEvent): void {
    if (this.#pan?.pointer === event.pointerId) this.#pan = null;
    else if (this.#pressed === event.pointerId) {
      this.#pressed = null;
      this.editor.machine.state.pointerUp?.(this.#pointer(event));
    }
    this.#cursor();
  }

  #lost(): void {
    this.#pan = null;
    this.#space = false;
    if (this.#pressed !== null) this.editor.machine.cancel();
    this.#pressed = null;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey && !event.ctrlKey) {
      this.editor.viewport.panBy(-(event.deltaX || event.deltaY) * lines, 0);
      return;
    }
    // A pinch on a touchpad comes as a wheel with Ctrl and small steps.
    const strength = event.ctrlKey ? 6 : 1;
    this.editor.viewport.zoomAt(this.#screen(event), WHEEL_STEP ** (-event.deltaY * lines * strength));
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || typing(event)) return;
    if (event.code === "Space") {
      this.#space = true;
      event.preventDefault();
      this.#cursor();
      return;
    }
    // A button in focus keeps its own Enter.
    if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
    if (pressKey(this.editor, event)) event.preventDefault();
  }

  #capture(pointer: number): void {
    try {
      this.host.setPointerCapture(pointer);
    } catch {
      // The pointer has gone already (a synthetic event, a pen lifted): moves still arrive over the canvas.
    }
  }

  #cursor(): void {
    const state = this.editor.machine.state;
    this.host.style.cursor = this.#pan ? "grabbing" : this.#space ? "grab" : (state.cursor?.() ?? "default");
  }
}

/** Whether a key press belongs to a field that is being filled in. Sliders and ticks keep their arrows only. */
function typing(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && /^(range|checkbox|radio|button)$/.test(target.type)) {
    return event.key.startsWith("Arrow");
  }
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
