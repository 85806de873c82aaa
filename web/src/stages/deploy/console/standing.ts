import type { components } from "../../../api/schema";

export type Prediction = components["schemas"]["PredictionOut"];
export type Verdict = Prediction["verdict"];

/** What the console knows of the line. Times are milliseconds of this machine's clock. */
export interface Known {
  /** Newest first. */
  readonly predictions: readonly Prediction[];
  /** When the server was last heard. */
  readonly heardAt: number | null;
  /** When the newest prediction was first seen here; the clocks of line and tablet may differ. */
  readonly newestAt: number | null;
  readonly failures: number;
  readonly paused: boolean;
}

/** What the screen says now: an answer that holds, or that somebody has to look, and why. */
export type Standing =
  | { readonly kind: "answer"; readonly prediction: Prediction }
  | { readonly kind: "hand"; readonly why: string; readonly prediction: Prediction | null };

/** The server is taken as lost after so long without an answer. */
export const LOST_AFTER = 6_000;
const SLOWEST = 10_000;

/** Time until the next question: at once again when all is well, slower and slower while the server is away. */
export function delayAfter(failures: number, calm = 1_500): number {
  return failures === 0 ? calm : Math.min(SLOWEST, calm * 2 ** Math.min(failures - 1, 4));
}

/** An old verdict is never shown as the present one: without news the screen says "check by hand". */
export function standing(known: Known, now: number, quietSeconds: number): Standing {
  const newest = known.predictions[0] ?? null;
  if (known.heardAt === null || now - known.heardAt > LOST_AFTER) {
    return {
      kind: "hand",
      why: known.heardAt === null && known.failures === 0 ? "starting" : "offline",
      prediction: null,
    };
  }
  if (known.paused) return { kind: "hand", why: "deploy.paused", prediction: null };
  if (newest === null || known.newestAt === null) return { kind: "hand", why: "nothing", prediction: null };
  if (quietSeconds > 0 && now - known.newestAt > quietSeconds * 1000) {
    return { kind: "hand", why: "quiet", prediction: null };
  }
  if (newest.verdict === "check") return { kind: "hand", why: newest.reason || "unsure", prediction: newest };
  return { kind: "answer", prediction: newest };
}

const KEPT = 8;

/** Known predictions with new ones before them. */
export function merged(before: readonly Prediction[], fresh: readonly Prediction[]): Prediction[] {
  const seen = new Set(fresh.map((one) => one.id));
  return [...fresh, ...before.filter((one) => !seen.has(one.id))].slice(0, KEPT);
}
