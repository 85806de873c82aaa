import type { Command } from "../core/changes";
import type { Label } from "../core/records";
import { type SaveRequest, type SubmitRequest, type Transport, TransportError } from "./transport";

/** What a test wants to happen to the next requests. */
export type Fault = "none" | "request_lost" | "answer_lost" | "server_error" | "signed_out" | "too_many";

interface Lease {
  state: "next" | "open" | "submitted" | "expired";
  log: Command[];
  labels: readonly Label[];
  submits: string[];
  invalid: boolean;
}

/** A server in memory with the rules of the real one: stores by number, once; submits by key, once. */
export class FakeServer implements Transport {
  readonly leases = new Map<string, Lease>();
  fault: () => Fault = () => "none";
  calls = 0;

  hand(lease: string, state: "next" | "open" = "open"): void {
    this.leases.set(lease, { state, log: [], labels: [], submits: [], invalid: false });
  }

  async save(request: SaveRequest): Promise<number> {
    return this.#call(() => {
      const lease = this.#lease(request.leaseId);
      if (lease.state === "next") throw refusal(409, "lease.not_open");
      if (lease.state === "submitted") throw refusal(409, "lease.submitted");
      const known = lease.log.length - request.seqFrom + 1;
      if (known >= 0) {
        lease.log.push(...request.commands.slice(known));
        if (request.labels && known < request.commands.length) lease.labels = request.labels;
      }
      if (lease.state === "expired") throw refusal(409, "lease.lost", { reason: "unheard" });
      return lease.log.length;
    });
  }

  async submit(request: SubmitRequest): Promise<unknown> {
    return this.#call(() => {
      const lease = this.#lease(request.leaseId);
      if (lease.submits.includes(request.key)) return { again: true };
      if (lease.state === "submitted") throw refusal(409, "lease.submitted");
      if (lease.state === "next") throw refusal(409, "lease.not_open");
      if (lease.state === "expired") throw refusal(409, "lease.lost", { reason: "unheard" });
      if (request.seq > lease.log.length) throw refusal(409, "commands.missing", { seq: lease.log.length });
      if (lease.invalid) throw refusal(422, "labels.invalid", { problems: [] });
      lease.submits.push(request.key);
      lease.labels = request.labels;
      lease.state = "submitted";
      return { again: false };
    });
  }

  async open(leaseId: string): Promise<void> {
    return this.#call(() => {
      const lease = this.#lease(leaseId);
      if (lease.state === "expired") throw refusal(410, "lease.lost", { reason: "unopened" });
      if ([...this.leases.values()].some((other) => other !== lease && other.state === "open")) {
        throw refusal(409, "lease.limit");
      }
      lease.state = "open";
    });
  }

  #lease(id: string): Lease {
    const lease = this.leases.get(id);
    if (!lease) throw refusal(404, "lease.unknown");
    return lease;
  }

  /** The fault decides whether the work is done, and whether the answer arrives. */
  async #call<T>(work: () => T): Promise<T> {
    this.calls += 1;
    const fault = this.fault();
    await Promise.resolve();
    if (fault === "request_lost") throw new TypeError("network");
    if (fault === "server_error") throw refusal(503, "database.away");
    if (fault === "signed_out") throw refusal(401, "auth.required");
    if (fault === "too_many") throw refusal(429, "rate.limit");
    if (fault === "answer_lost") {
      try {
        work();
      } catch {
        // A refusal whose answer is lost looks like a broken network.
      }
      throw new TypeError("network");
    }
    return work();
  }
}

function refusal(status: number, code: string, params: Record<string, unknown> = {}): TransportError {
  return new TransportError({ status, code, message: code, params });
}
