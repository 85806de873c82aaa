import type { Size } from "./coordinates";
import type { Viewport } from "./viewport";

/** The picture of an item: draws itself where the viewport says. A tiled or video picture implements the same. */
export interface Picture extends Size {
  readonly name: string;
  draw(context: CanvasRenderingContext2D, view: Viewport): void;
}

/** One decoded bitmap; may hold fewer pixels than the picture has (a preview of a very large one). */
export class BitmapPicture implements Picture {
  constructor(
    readonly name: string,
    readonly width: number,
    readonly height: number,
    private readonly bitmap: CanvasImageSource,
  ) {}

  draw(context: CanvasRenderingContext2D, view: Viewport): void {
    // Above twice the size people look at single pixels: show them as they are.
    context.imageSmoothingEnabled = view.scale < 2;
    context.drawImage(this.bitmap, view.x, view.y, this.width * view.scale, this.height * view.scale);
  }
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
