/** How marks are drawn. Distances in CSS pixels. */
export const LINE = 1.5;
export const LINE_SELECTED = 2;
export const FILL_ALPHA = 0.16;
export const GRIP = 8;
export const TAG_HEIGHT = 20;
export const TAG_FONT =
  '600 12px system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
export const GHOST_DASH: readonly number[] = [5, 4];
/** Marks with a side below this are drawn without fill; tags need more room. */
export const SMALL = 4;
export const TAG_FROM = 28;
/** More tags than this on the canvas are noise and cost time: then only the selected and hovered ones have one. */
export const TAGS_MOST = 120;

/** Black or white, whichever reads better on `color` (#rrggbb), by relative luminance. */
export function inkOn(color: string): string {
  const value = Number.parseInt(color.slice(1), 16);
  if (!/^#[0-9a-f]{6}$/i.test(color) || Number.isNaN(value)) return "#000000";
  const linear = [value >> 16, (value >> 8) & 255, value & 255].map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  return luminance > 0.179 ? "#10151b" : "#ffffff";
}
