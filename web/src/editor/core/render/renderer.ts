import { imageRect, type Size, screenPoint } from "../coordinates";
import type { Editor } from "../editor";
import type { Scope } from "../scope";
import type { Signal } from "../signal";
import { drawMarks } from "./marks";
import { coveredOutlines, drawShapes, TAG_REACH } from "./shapes";

/** Three canvases over each other, so that a moving crosshair redraws no picture and no 5,000 boxes. */
const LAYERS = ["picture", "shapes", "marks"] as const;
type Layer = (typeof LAYERS)[number];

/** Half a line and a pixel of smoothing. */
const LINE_REACH = 4;
/** More marks than this in a gesture: the whole layer is as quick. */
const TURNED_MOST = 300;

let gammaFilters = 0;

/** Draws an editor into `host`, on animation frames, and only layers that are dirty. */
export class Renderer {
  readonly #scope: Scope;
  readonly #contexts: Record<Layer, CanvasRenderingContext2D>;
  readonly #dirty = new Set<Layer>();
  readonly #gammaId: string;
  readonly #gamma: SVGElement;
  #scheduled = false;
  /** Ends listening to the open picture. */
  #arriving = () => {};
  #ratio = 1;
  #tags = false;
  /** Marks whose outline the layer of resting marks leaves to the layer above. */
  #covered: ReadonlySet<string> | null = null;
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
    this.#scope.add(() => this.#arriving());
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
    this.editor.damage.addAll();
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
      if (layer === "shapes") {
        this.#drawShapes(context);
        continue;
      }
      context.clearRect(0, 0, width, height);
      if (layer === "picture") this.editor.picture.draw(context, this.editor.viewport);
      else drawMarks(context, this.editor);
    }
    this.frames += 1;
    this.lastFrameMs = performance.now() - start;
  }

  dispose(): void {
    this.#scope.dispose();
  }

  /** Draws only where marks have changed, when that is known: one box among 5,000 costs as much as one box. */
  #drawShapes(context: CanvasRenderingContext2D): void {
    const { editor } = this;
    const { viewport } = editor;
    const damage = editor.damage.take();
    if (damage === null) return;
    this.#covered = coveredOutlines(editor);
    if (damage === "all") {
      context.clearRect(0, 0, viewport.canvas.width, viewport.canvas.height);
      this.#tags = drawShapes(context, editor, viewport.visible(), null);
      return;
    }
    const corner = viewport.toScreen({ x: damage.x, y: damage.y });
    const left = Math.floor(corner.x - LINE_REACH);
    const top = Math.floor(corner.y - LINE_REACH - TAG_REACH.up);
    const right = Math.ceil(corner.x + damage.width * viewport.scale + LINE_REACH + TAG_REACH.across);
    const bottom = Math.ceil(corner.y + damage.height * viewport.scale + LINE_REACH + TAG_REACH.up);
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    // Marks outside whose tags reach in have to be drawn too.
    const from = viewport.toImage(screenPoint(left - TAG_REACH.across, top));
    const to = viewport.toImage(screenPoint(right, bottom + TAG_REACH.up));
    drawShapes(context, editor, imageRect(from.x, from.y, to.x - from.x, to.y - from.y), this.#tags);
    context.restore();
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
    const all = (signal: Signal, ...layers: Layer[]) => {
      this.#scope.add(signal.subscribe(() => editor.damage.addAll()));
      on(signal, ...layers);
    };
    all(editor.viewport.changed, "picture", "shapes", "marks");
    all(editor.opened, "picture", "shapes", "marks");
    this.#scope.add(editor.opened.subscribe(() => this.#follow()));
    this.#follow();
    all(editor.settings.changed, "shapes", "marks");
    all(editor.overlays.changed, "shapes", "marks");
    on(editor.store.changed, "shapes", "marks");
    this.#scope.add(editor.selection.changed.subscribe(() => this.#uncover()));
    on(editor.selection.changed, "marks");
    this.#scope.add(editor.preview.hiddenChanged.subscribe(() => this.#turned()));
    on(editor.preview.hiddenChanged, "shapes", "marks");
    on(editor.preview.changed, "marks");
    this.#scope.add(editor.filters.changed.subscribe(() => this.#filter()));
  }

  /** Draws the picture again as more of it arrives. */
  #follow(): void {
    this.#arriving();
    this.#arriving = this.editor.picture.changed?.subscribe(() => this.mark("picture")) ?? (() => {});
  }

  /** Marks that are no longer selected need their own outlines again. */
  #uncover(): void {
    const { selection, damage } = this.editor;
    const covered = this.#covered;
    if (!covered || [...covered].every((id) => selection.has(id))) return;
    damage.addAll();
    this.mark("shapes");
  }

  /** Marks that a gesture took up or put down. */
  #turned(): void {
    const { editor } = this;
    const { turned } = editor.preview;
    if (turned.length > TURNED_MOST) editor.damage.addAll();
    else {
      for (const id of turned) {
        const shape = editor.store.shape(id);
        const rect = shape && editor.bounds(shape.label);
        if (rect) editor.damage.add(rect);
      }
    }
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
