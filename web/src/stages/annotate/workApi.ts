import { api, ok } from "../../api/client";
import { ApiError } from "../../api/errors";
import type { components } from "../../api/schema";
import type { Label } from "../../editor/core/records";
import { type SaveRequest, type SubmitRequest, type Transport, TransportError } from "../../editor/sync/transport";

type Schemas = components["schemas"];
export type Work = Schemas["Work"];
export type KeptDraft = Schemas["DraftOut"];
export type RuleVersion = Schemas["RuleVersionView"];
export type SkipReason = Schemas["SkipIn"]["reason"];
type Json = { [key: string]: unknown };

/** A request that hangs counts as a broken network: what it carried is sent again. */
const TIMEOUT_MS = 30_000;

const plain = (records: readonly unknown[]) => records as Json[];

async function through<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, code, message, params } = error;
    throw new TransportError({ status, code, message, params });
  }
}

/** The routes of one project's work, and the editor's way to the server. */
export class WorkApi implements Transport {
  constructor(readonly project: string) {}

  save({ leaseId, seqFrom, commands, labels, nothing, offline }: SaveRequest): Promise<number> {
    const body = { seq_from: seqFrom, commands: plain(commands), labels: labels && plain(labels), nothing, offline };
    const path = this.#lease(leaseId);
    return through(
      ok(
        api.POST("/api/v1/projects/{project_id}/work/{lease_id}/commands", { params: { path }, body, ...patience() }),
      ).then(({ seq }) => seq),
    );
  }

  submit({ leaseId, key, base, labels, nothing, seq, offline }: SubmitRequest): Promise<unknown> {
    const body = { submit_key: key, base, labels: plain(labels), nothing, seq, offline };
    const path = this.#lease(leaseId);
    return through(
      ok(api.POST("/api/v1/projects/{project_id}/work/{lease_id}/submit", { params: { path }, body, ...patience() })),
    );
  }

  async open(leaseId: string): Promise<void> {
    await through(this.opened(leaseId));
  }

  opened(leaseId: string): Promise<Work> {
    const path = this.#lease(leaseId);
    return ok(api.POST("/api/v1/projects/{project_id}/work/{lease_id}/open", { params: { path }, ...patience() }));
  }

  claim(slot: "open" | "next") {
    const path = { project_id: this.project };
    return ok(
      api.POST("/api/v1/projects/{project_id}/work/claim", { params: { path }, body: { slot }, ...patience() }),
    );
  }

  beat(leaseId: string) {
    const path = this.#lease(leaseId);
    return ok(api.POST("/api/v1/projects/{project_id}/work/{lease_id}/heartbeat", { params: { path }, ...patience() }));
  }

  giveBack(leaseId: string) {
    return ok(
      api.POST("/api/v1/projects/{project_id}/work/{lease_id}/return", { params: { path: this.#lease(leaseId) } }),
    );
  }

  skip(leaseId: string, reason: SkipReason, note: string) {
    const path = this.#lease(leaseId);
    const body = { reason, note };
    return ok(api.POST("/api/v1/projects/{project_id}/work/{lease_id}/skip", { params: { path }, body }));
  }

  adopt(draft: string): Promise<Work> {
    const path = { project_id: this.project, draft_id: draft };
    return ok(api.POST("/api/v1/projects/{project_id}/drafts/{draft_id}/adopt", { params: { path } }));
  }

  discard(draft: string) {
    const path = { project_id: this.project, draft_id: draft };
    return ok(api.DELETE("/api/v1/projects/{project_id}/drafts/{draft_id}", { params: { path } }));
  }

  rules(version: string): Promise<RuleVersion> {
    const path = { project_id: this.project, version_id: version };
    return ok(api.GET("/api/v1/projects/{project_id}/rules/versions/{version_id}", { params: { path } }));
  }

  ask(body: Schemas["Question"]) {
    return ok(
      api.POST("/api/v1/projects/{project_id}/clarifications", {
        params: { path: { project_id: this.project } },
        body,
      }),
    );
  }

  #lease(lease: string) {
    return { project_id: this.project, lease_id: lease };
  }
}

function patience() {
  return { signal: AbortSignal.timeout(TIMEOUT_MS) };
}

/** A label as the server keeps it, with everything that the editor counts on. */
export function toLabel(stored: Json, place: number): Label {
  const rest = { attributes: {}, score: null, origin: null, ...stored };
  return { ...rest, id: stored.id ? String(stored.id) : `label-${place}` } as unknown as Label;
}
