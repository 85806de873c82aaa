import { openPicture } from "../../editor/core/tiled";
import { type Rules, toRules } from "./rules";
import type { Work, WorkApi } from "./workApi";

/** Work with everything that is needed to show it. */
export interface Prepared {
  readonly work: Work;
  readonly rules: Rules;
  readonly picture: Awaited<ReturnType<typeof openPicture>>;
}

/** Fetches what work needs: its rule version (once each) and its decoded picture. */
export class Loader {
  readonly #rules = new Map<string, Promise<Rules>>();

  constructor(private readonly api: WorkApi) {}

  rules(version: string): Promise<Rules> {
    const known = this.#rules.get(version);
    if (known) return known;
    const asked = this.api.rules(version).then(toRules);
    this.#rules.set(version, asked);
    asked.catch(() => this.#rules.delete(version));
    return asked;
  }

  async prepare(work: Work): Promise<Prepared> {
    const { item } = work;
    const [rules, picture] = await Promise.all([this.rules(work.rule_version_id), openPicture(item)]);
    return { work, rules, picture };
  }
}
