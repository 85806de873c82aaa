import type { Verdict } from "./standing";

/** Colours that stay apart for colour-blind eyes and carry white text; the designer of a console picks among these. */
export const SAFE_COLORS = ["#0b6e4f", "#1b5fa8", "#b3261e", "#8a3ffc", "#9a5b00", "#4a5563"] as const;
export const USUAL: Record<Verdict, string> = { ok: "#0b6e4f", defect: "#b3261e", check: "#9a5b00" };

/** A shape for each verdict, so that it is told without colour: round with a tick, octagon with a cross, triangle with !. */
export function VerdictSign({ verdict, size = 96 }: { verdict: Verdict; size?: number | string }) {
  const line = {
    stroke: "#fff",
    strokeWidth: 9,
    strokeLinecap: "round",
    strokeLinejoin: "round",
    fill: "none",
  } as const;
  return (
    <svg viewBox="0 0 100 100" width={size} height={size} aria-hidden="true" data-shape={verdict}>
      {verdict === "ok" && (
        <>
          <circle cx="50" cy="50" r="44" {...line} strokeWidth={7} />
          <path d="M28 52 L44 68 L74 34" {...line} />
        </>
      )}
      {verdict === "defect" && (
        <>
          <path d="M32 5 H68 L95 32 V68 L68 95 H32 L5 68 V32 Z" {...line} strokeWidth={7} />
          <path d="M34 34 L66 66 M66 34 L34 66" {...line} />
        </>
      )}
      {verdict === "check" && (
        <>
          <path d="M50 8 L95 90 H5 Z" {...line} strokeWidth={7} />
          <path d="M50 38 V60" {...line} />
          <circle cx="50" cy="75" r="5.5" fill="#fff" />
        </>
      )}
    </svg>
  );
}
