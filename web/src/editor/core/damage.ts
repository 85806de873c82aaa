import { type ImageRect, unionRect } from "./coordinates";

/** The part of the picture whose marks have to be drawn again: nothing, a rectangle, or everything. */
export class Damage {
  #rect: ImageRect | null = null;
  #all = true;

  add(rect: ImageRect): void {
    if (!this.#all) this.#rect = this.#rect ? unionRect([this.#rect, rect]) : rect;
  }

  addAll(): void {
    this.#all = true;
  }

  /** What has gathered, and starts anew. */
  take(): ImageRect | "all" | null {
    const result = this.#all ? "all" : this.#rect;
    this.#all = false;
    this.#rect = null;
    return result;
  }
}
