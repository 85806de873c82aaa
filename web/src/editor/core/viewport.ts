import {
  clamp,
  type ImagePoint,
  type ImageRect,
  imagePoint,
  imageRect,
  type ScreenPoint,
  type Size,
  screenPoint,
} from "./coordinates";
import { Signal } from "./signal";

export const MIN_SCALE = 0.01;
export const MAX_SCALE = 64;
const MARGIN = 12;

/** Where the picture lies on the canvas: screen = image * scale + offset. */
export class Viewport {
  readonly changed = new Signal();
  scale = 1;
  x = 0;
  y = 0;
  canvas: Size = { width: 1, height: 1 };
  picture: Size = { width: 1, height: 1 };
  /** False while the whole picture is shown: a new size or item is then fitted again. */
  free = false;

  toScreen(point: ImagePoint): ScreenPoint {
    return screenPoint(point.x * this.scale + this.x, point.y * this.scale + this.y);
  }

  toImage(point: ScreenPoint): ImagePoint {
    return imagePoint((point.x - this.x) / this.scale, (point.y - this.y) / this.scale);
  }

  /** A length on the screen in image pixels. */
  length(screenLength: number): number {
    return screenLength / this.scale;
  }

  /** The part of image space that the canvas shows. */
  visible(): ImageRect {
    return imageRect(
      -this.x / this.scale,
      -this.y / this.scale,
      this.canvas.width / this.scale,
      this.canvas.height / this.scale,
    );
  }

  /** Zooms so that the image point under `at` stays under it. */
  zoomAt(at: ScreenPoint, factor: number): void {
    const fixed = this.toImage(at);
    this.scale = clamp(this.scale * factor, MIN_SCALE, MAX_SCALE);
    this.x = at.x - fixed.x * this.scale;
    this.y = at.y - fixed.y * this.scale;
    this.#moved(true);
  }

  zoomTo(scale: number): void {
    this.zoomAt(screenPoint(this.canvas.width / 2, this.canvas.height / 2), scale / this.scale);
  }

  panBy(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.#moved(true);
  }

  /** The whole picture, as large as it can be. */
  fit(): void {
    this.#show(imageRect(0, 0, this.picture.width, this.picture.height), MAX_SCALE, MARGIN);
    this.#moved(false);
  }

  /** A part of the picture in the middle, with air around it. */
  showRect(rect: ImageRect): void {
    this.#show(rect, 8, Math.min(this.canvas.width, this.canvas.height) / 5);
    this.#moved(true);
  }

  setCanvas(size: Size): void {
    if (size.width === this.canvas.width && size.height === this.canvas.height) return;
    const centre = this.toImage(screenPoint(this.canvas.width / 2, this.canvas.height / 2));
    this.canvas = size;
    if (this.free) this.#centreOn(centre);
    else this.fit();
    this.changed.emit();
  }

  /** Another picture: a zoom chosen by the person stays (same scale, same relative place), else it is fitted. */
  setPicture(picture: Size, keep: boolean): void {
    const centre = this.toImage(screenPoint(this.canvas.width / 2, this.canvas.height / 2));
    const before = this.picture;
    this.picture = picture;
    if (!keep || !this.free) {
      this.fit();
      return;
    }
    this.#centreOn(imagePoint((centre.x / before.width) * picture.width, (centre.y / before.height) * picture.height));
    this.#moved(true);
  }

  #centreOn(point: ImagePoint): void {
    this.x = this.canvas.width / 2 - point.x * this.scale;
    this.y = this.canvas.height / 2 - point.y * this.scale;
  }

  #show(rect: ImageRect, most: number, margin: number): void {
    const width = Math.max(1, this.canvas.width - 2 * margin);
    const height = Math.max(1, this.canvas.height - 2 * margin);
    const wanted = Math.min(width / Math.max(rect.width, 1e-6), height / Math.max(rect.height, 1e-6));
    this.scale = clamp(Math.min(wanted, most), MIN_SCALE, MAX_SCALE);
    this.#centreOn(imagePoint(rect.x + rect.width / 2, rect.y + rect.height / 2));
  }

  /** Keeps at least a corner of the picture on the canvas, so that nobody loses it. */
  #moved(free: boolean): void {
    this.free = free;
    const reach = 40;
    const width = this.picture.width * this.scale;
    const height = this.picture.height * this.scale;
    this.x = clamp(this.x, Math.min(reach, this.canvas.width) - width, Math.max(this.canvas.width - reach, 0));
    this.y = clamp(this.y, Math.min(reach, this.canvas.height) - height, Math.max(this.canvas.height - reach, 0));
    this.changed.emit();
  }
}
