import { formatNumber } from "../../i18n/format";

/** A figure with its 95 % interval, as the server sends it. */
export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Point {
  precision: Interval;
  recall: Interval;
  f1: Interval;
  right: number;
  missed: number;
  invented: number;
  labels: number;
}

export interface ThresholdRow {
  threshold: number;
  right: number;
  missed: number;
  invented: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  cost_fen: number;
}

export interface Cell {
  truth: string;
  found: string;
  count: number;
  pictures: number;
}

/** What was measured beside the metrics. */
export interface Measured {
  operating: Point & { threshold: number; cost_fen: number; classes: Record<string, Point> };
  precision_recall: { label: string; labels: number; precision: number[]; score: number[] }[];
  thresholds: { rows: ThresholdRow[]; best_f1: ThresholdRow | null; best_cost: ThresholdRow | null };
  calibration: {
    ece: Interval;
    bins: { low: number; high: number; n: number; score: number | null; right: number | null }[];
  };
  confusion: { labels: string[]; cells: Cell[] };
  left_out: { item: string; name: string; reason: string }[];
  erased: number;
}

export interface Slice {
  kind: "class" | "size" | "brightness" | "source";
  value: string;
  items: number;
  labels: number;
  range: [number, number] | null;
  margin: number | null;
  metrics: Record<string, Interval>;
  champion?: Record<string, Interval>;
  difference?: Record<string, Interval>;
}

const SIGNED = { signDisplay: "exceptZero" } as const;

/** 0.671 */
export function short(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "–" : formatNumber(value, digits);
}

/** 0.671 (0.630–0.712) */
export function withInterval(one: Interval | undefined): string {
  if (!one || one.value === null) return "–";
  if (one.low === null || one.high === null) return short(one.value);
  return `${short(one.value)} (${short(one.low)}–${short(one.high)})`;
}

/** +0.021 */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(undefined, { ...SIGNED, minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(
    value,
  );
}

/** +0.021 (−0.004 to +0.046), with the word between in the reader's language. */
export function signedInterval(one: Interval | undefined): string {
  if (!one || one.value === null) return "–";
  if (one.low === null || one.high === null) return signed(one.value);
  return `${signed(one.value)} (${signed(one.low)} … ${signed(one.high)})`;
}
