import { Signal } from "./signal";
import type { ToolId } from "./tool";

/** What stays from item to item and from day to day. */
export interface SettingValues {
  readonly tool: ToolId;
  readonly activeClass: string | null;
  readonly crosshair: boolean;
  readonly keepZoom: boolean;
  readonly tags: boolean;
  readonly ghosts: boolean;
  /** Marks hidden while looking at the bare picture. */
  readonly marks: boolean;
  /** Action id -> keys of the person's own. */
  readonly keymap: Readonly<Record<string, readonly string[]>>;
}

export const DEFAULT_SETTINGS: SettingValues = {
  tool: "select",
  activeClass: null,
  crosshair: true,
  keepZoom: true,
  tags: true,
  ghosts: true,
  marks: true,
  keymap: {},
};

export class Settings {
  readonly changed = new Signal();
  #values: SettingValues;

  constructor(values: Partial<SettingValues> = {}) {
    this.#values = { ...DEFAULT_SETTINGS, ...values };
  }

  get values(): SettingValues {
    return this.#values;
  }

  set(values: Partial<SettingValues>): void {
    this.#values = { ...this.#values, ...values };
    this.changed.emit();
  }
}
