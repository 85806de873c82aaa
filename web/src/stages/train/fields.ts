/** A parameter of a recipe, as its schema tells it: kind, limits, and what a study may vary. */
export interface Field {
  name: string;
  kind: "integer" | "number" | "boolean";
  initial: unknown;
  low: number;
  high: number | undefined;
  description: string;
  search: Search | undefined;
  /** 0 lets the training choose from the data. */
  auto: boolean;
}

export interface Search {
  low?: number | null;
  high?: number | null;
  log?: boolean;
  choices?: (number | boolean | string)[] | null;
}

interface Property {
  type?: string;
  anyOf?: Property[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  description?: string;
  search?: Search;
}

/** The fields of a form, from the recipe's JSON schema. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>;
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = property.anyOf?.find((one) => one.type !== "null") ?? property;
    if (inner.type !== "integer" && inner.type !== "number" && inner.type !== "boolean") return [];
    return [
      {
        name,
        kind: inner.type,
        initial: property.default,
        low: inner.minimum ?? inner.exclusiveMinimum ?? 0,
        high: inner.maximum,
        description: property.description ?? "",
        search: property.search,
        auto: /\b0: (from|\d)/.test(property.description ?? "") && property.default === 0,
      },
    ];
  });
}

/** A range in a few signs: 0.001–0.008, or 160 / 192 / 224. */
export function rangeText(search: Search): string {
  if (search.choices) return search.choices.map(String).join(" / ");
  return `${search.low ?? 0}–${search.high ?? 0}`;
}

/** Only what was set: an emptied field keeps the recipe's own value. */
export function given(values: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null));
}
