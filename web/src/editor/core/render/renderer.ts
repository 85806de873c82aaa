import type { Size } from "../coordinates";
import type { Editor } from "../editor";
import type { Scope } from "../scope";
import type { Signal } from "../signal";
import { drawMarks } from "./marks";
import { drawShapes } from "./shapes";

/** Three canvases over each other, so that a moving crosshair redraws no picture and no 5,000 boxes. */
const LAYERS = ["picture", "shapes", "marks"] as const;
type Layer = (typeof LAYERS)[number];

let gammaFilters = 0;

/** Draws an editor into `host`, on animation frames, and only layers that are dirty. */
export class Renderer {
  readonly #scope: Scope;
  readonly #contexts: Record<Layer, CanvasRenderingContext2D>;
  readonly #dirty = new Set<Layer>();
  readonly #gammaId: string;
  readonly #gamma: SVGElement;
  #scheduled = false;
  #ratio = 1;
  /** Milliseconds spent in the last frame, for the bench and for slow machines. */
  lastFrameMs = 0;
  frames = 0;

  constructor(
    private readonly editor: Editor,
    private readonly host: HTMLElement,
  ) {
    this.#scope = editor.scope.child();
    gammaFilters += 1;
    this.#gammaId = `tg-gamma-${gammaFilters}`;
    this.#gamma = makeGammaFilter(host, this.#gammaId);
    this.#scope.add(() => this.#gamma.remove());
    this.#contexts = {
      picture: this.#layer("picture"),
      shapes: this.#layer("shapes"),
      marks: this.#layer("marks"),
    };
    this.#listen();
    this.#filter();
    this.resize();
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(host);
    this.#scope.observe(observer);
  }

  /** Takes the host's size; called by an observer, and once at the start. */
  resize(): void {
    const size: Size = { width: Math.max(1, this.host.clientWidth), height: Math.max(1, this.host.clientHeight) };
    this.#ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const layer of LAYERS) {
      const { canvas } = this.#contexts[layer];
      canvas.width = Math.round(size.width * this.#ratio);
      canvas.height = Math.round(size.height * this.#ratio);
      canvas.style.width = `${size.width}px`;
      canvas.style.height = `${size.height}px`;
    }
    this.editor.viewport.setCanvas(size);
    this.mark(...LAYERS);
  }

  /** Says that layers must be drawn again; they are, together, on the next frame. */
  mark(...layers: Layer[]): void {
    for (const layer of layers) this.#dirty.add(layer);
    if (this.#scheduled || this.#scope.disposed) return;
    this.#scheduled = true;
    this.#scope.frame(() => {
      this.#scheduled = false;
      this.draw();
    });
  }

  /** Draws what is dirty, now. */
  draw(): void {
    const start = performance.now();
    for (const layer of LAYERS) {
      if (!this.#dirty.delete(layer)) continue;
      const context = this.#contexts[layer];
      const { width, height } = this.editor.viewport.canvas;
      context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      if (layer === "picture") this.editor.picture.draw(context, this.editor.viewport);
      else if (layer === "shapes") drawShapes(context, this.editor);
      else drawMarks(context, this.editor);
    }
    this.frames += 1;
    this.lastFrameMs = performance.now() - start;
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #layer(name: Layer): CanvasRenderingContext2D {
    const canvas = document.createElement("canvas");
    canvas.className = `tg-layer tg-layer-${name}`;
    canvas.style.position = "absolute";
    canvas.style.inset = "0";
    canvas.style.pointerEvents = "none";
    this.host.append(canvas);
    this.#scope.add(() => canvas.remove());
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser gives no 2D canvas.");
    return context;
  }

  #listen(): void {
    const { editor } = this;
    const on = (signal: Signal, ...layers: Layer[]) => this.#scope.add(signal.subscribe(() => this.mark(...layers)));
    on(editor.viewport.changed, "picture", "shapes", "marks");
    on(editor.opened, "picture", "shapes", "marks");
    on(editor.store.changed, "shapes", "marks");
    on(editor.selection.changed, "marks");
    on(editor.settings.changed, "shapes", "marks");
    on(editor.overlays.changed, "shapes", "marks");
    on(editor.preview.hiddenChanged, "shapes", "marks");
    on(editor.preview.changed, "marks");
    this.#scope.add(editor.filters.changed.subscribe(() => this.#filter()));
  }

  /** Filters cost no redraw: the browser applies them to the finished layer, on the GPU where there is one. */
  #filter(): void {
    const exponent = String(1 / this.editor.filters.values.gamma);
    for (const curve of this.#gamma.querySelectorAll("[type=gamma]")) curve.setAttribute("exponent", exponent);
    this.#contexts.picture.canvas.style.filter = this.editor.filters.css(this.#gammaId);
  }
}

const SVG = "http://www.w3.org/2000/svg";

function makeGammaFilter(host: HTMLElement, id: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", "0");
  svg.setAttribute("height", "0");
  svg.style.position = "absolute";
  const filter = document.createElementNS(SVG, "filter");
  filter.setAttribute("id", id);
  filter.setAttribute("color-interpolation-filters", "sRGB");
  const transfer = document.createElementNS(SVG, "feComponentTransfer");
  for (const channel of ["R", "G", "B"]) {
    const curve = document.createElementNS(SVG, `feFunc${channel}`);
    curve.setAttribute("type", "gamma");
    curve.setAttribute("exponent", "1");
    transfer.append(curve);
  }
  filter.append(transfer);
  svg.append(filter);
  host.append(svg);
  return svg;
}
