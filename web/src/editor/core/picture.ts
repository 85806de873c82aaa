import type { Size } from "./coordinates";
import type { Signal } from "./signal";
import type { Viewport } from "./viewport";

/** The picture of an item: draws itself where the viewport says. A tiled or video picture implements the same. */
export interface Picture extends Size {
  readonly name: string;
  /** Moves when the same view would now be drawn otherwise: more of the picture has arrived. */
  readonly changed?: Signal;
  draw(context: CanvasRenderingContext2D, view: Viewport): void;
}

/** Halving stops below this side: smaller levels would save nothing. */
const LEAST_SIDE = 600;

/**
 * A decoded bitmap, with halved copies for looking at it from afar: drawing 12 million pixels into one million costs
 * 50 ms a frame without a GPU, drawing the halved copy a tenth of it, and fine lines flicker less.
 * The bitmap may hold fewer pixels than the picture has (a preview of a very large one).
 */
export class BitmapPicture implements Picture {
  /** From fine to coarse. */
  readonly #levels: ImageBitmap[];

  constructor(
    readonly name: string,
    readonly width: number,
    readonly height: number,
    bitmap: ImageBitmap,
  ) {
    this.#levels = [bitmap];
  }

  /** Pixels from left to right that it holds. */
  get pixelsAcross(): number {
    return this.#levels[0]?.width ?? 0;
  }

  /** Makes the halved copies; drawing works before, only slower. */
  async halve(): Promise<this> {
    for (let last = this.#levels.at(-1); last && Math.min(last.width, last.height) >= 2 * LEAST_SIDE; ) {
      const size = { resizeWidth: last.width >> 1, resizeHeight: last.height >> 1 };
      last = await createImageBitmap(last, { ...size, resizeQuality: "medium" });
      this.#levels.push(last);
    }
    return this;
  }

  draw(context: CanvasRenderingContext2D, view: Viewport): void {
    const wanted = this.width * view.scale * (window.devicePixelRatio || 1);
    const fitting = this.#levels.findLast((level) => level.width >= wanted) ?? this.#levels[0];
    if (!fitting) return;
    // Above twice the size people look at single pixels: show them as they are.
    context.imageSmoothingEnabled = view.scale < 2;
    context.drawImage(fitting, view.x, view.y, this.width * view.scale, this.height * view.scale);
  }

  /** Gives the memory back; the picture can't be drawn any more. */
  close(): void {
    for (const level of this.#levels.splice(0)) level.close();
  }
}

/**
 * Fetches and decodes a picture off the main thread, turned as its EXIF says.
 * `width` and `height` are those of the picture as the server knows it; the bytes may be a smaller preview.
 */
export async function loadPicture(url: string, name: string, size: Size, signal?: AbortSignal): Promise<BitmapPicture> {
  const response = await fetch(url, { credentials: "same-origin", ...(signal ? { signal } : {}) });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const bitmap = await createImageBitmap(await response.blob(), { imageOrientation: "from-image" });
  return new BitmapPicture(name, size.width, size.height, bitmap).halve();
}

/** A picture without pixels, for tests and while bytes are on their way. */
export class BlankPicture implements Picture {
  constructor(
    readonly name: string,
    readonly width: number,
    readonly height: number,
  ) {}

  draw(context: CanvasRenderingContext2D, view: Viewport): void {
    context.fillStyle = "#7d8187";
    context.fillRect(view.x, view.y, this.width * view.scale, this.height * view.scale);
  }
}
