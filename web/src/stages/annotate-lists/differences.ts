/** A label as the server stores it. */
type Raw = Readonly<Record<string, unknown>>;

/** What a later version of an answer changed, label by label: they keep their ids through versions. */
export interface Differences<L extends Raw> {
  readonly added: L[];
  readonly removed: L[];
  readonly moved: L[];
  readonly reclassed: L[];
  readonly attributes: L[];
}

const PLACE = ["x", "y", "width", "height"] as const;

export function differences<L extends Raw>(before: readonly L[], after: readonly L[]): Differences<L> {
  const old = new Map(before.map((label) => [label.id, label]));
  const ids = new Set(after.map((label) => label.id));
  const kept = after.flatMap((label) => {
    const earlier = old.get(label.id);
    return earlier ? [{ label, earlier }] : [];
  });
  const where = (unlike: (label: L, earlier: L) => boolean) =>
    kept.filter(({ label, earlier }) => unlike(label, earlier)).map(({ label }) => label);
  return {
    added: after.filter((label) => !old.has(label.id)),
    removed: before.filter((label) => !ids.has(label.id)),
    moved: where((label, earlier) => PLACE.some((side) => label[side] !== earlier[side])),
    reclassed: where((label, earlier) => label.label !== earlier.label),
    attributes: where((label, earlier) => same(label.attributes) !== same(earlier.attributes)),
  };
}

function same(attributes: unknown): string {
  return JSON.stringify(Object.entries((attributes ?? {}) as object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
