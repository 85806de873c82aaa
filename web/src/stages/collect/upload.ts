import { api, csrfHeaders, ok } from "../../api/client";
import { ApiError, toApiError } from "../../api/errors";
import type { components } from "../../api/schema";

type Sent = Pick<components["schemas"]["UploadOut"], "received" | "state">;

export type UploadState = "waiting" | "sending" | "retrying" | "stored" | "failed" | "missing";

/** A file on its way to the server. `missing`: begun before this page was loaded, its bytes must be chosen again. */
export interface UploadEntry {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly id: string | null;
  readonly received: number;
  readonly state: UploadState;
  readonly error: unknown;
}

interface Remembered {
  id: string;
  name: string;
  size: number;
}

const CHUNK = 4 * 1024 * 1024;
const AT_ONCE = 3;
const LONGEST_WAIT = 30_000;

/** What names a file across reloads: browsers tell neither its place nor its identity. */
export const uploadKey = (name: string, size: number): string => `${name}\n${size}`;

/**
 * Sends files in pieces, three at a time. A cut network is waited out, the server is asked how much it has, and the
 * rest is sent. Ids are kept in this browser by name and size, so that after a reload the same files go on.
 */
export class UploadQueue {
  #entries = new Map<string, UploadEntry>();
  #files = new Map<string, File>();
  #list: readonly UploadEntry[] = [];
  #listeners = new Set<() => void>();
  #running = 0;
  #closed = false;
  readonly #store: string;

  constructor(private readonly project: string) {
    this.#store = `tg_uploads:${project}`;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly list = (): readonly UploadEntry[] => this.#list;

  /** Asks the server about uploads of an earlier visit. */
  async recall(): Promise<void> {
    for (const found of this.#remembered()) {
      const key = uploadKey(found.name, found.size);
      if (this.#entries.has(key)) continue;
      const now = await this.#ask(found.id).catch(() => null);
      if (this.#closed) return;
      if (now?.state === "stored" || now?.state === "receiving") {
        const state = now.state === "stored" ? "stored" : "missing";
        this.#put({ ...found, key, received: now.received, state, error: null });
      }
    }
    this.#remember();
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const name = file.webkitRelativePath || file.name;
      const key = uploadKey(name, file.size);
      const before = this.#entries.get(key);
      if (before?.state === "stored" || this.#files.has(key)) continue;
      const id = before?.id ?? this.#remembered().find((one) => uploadKey(one.name, one.size) === key)?.id ?? null;
      this.#files.set(key, file);
      const received = before?.received ?? 0;
      this.#entries.set(key, { key, name, size: file.size, id, received, state: "waiting", error: null });
    }
    this.#changed();
    this.#pump();
  }

  retry(): void {
    for (const entry of this.#entries.values()) {
      if (entry.state === "failed" && this.#files.has(entry.key))
        this.#put({ ...entry, state: "waiting", error: null });
    }
    this.#pump();
  }

  /** Forgets files: they were imported, or are not wanted. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#entries.delete(key);
      this.#files.delete(key);
    }
    this.#changed();
    this.#remember();
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }

  #pump(): void {
    while (this.#running < AT_ONCE && !this.#closed) {
      const next = [...this.#entries.values()].find((entry) => entry.state === "waiting");
      if (!next) return;
      this.#running += 1;
      this.#put({ ...next, state: "sending" });
      void this.#send(next.key).finally(() => {
        this.#running -= 1;
        this.#remember();
        this.#pump();
      });
    }
  }

  async #send(key: string): Promise<void> {
    for (let failures = 0; !this.#closed; ) {
      try {
        await this.#sendAll(key, () => {
          failures = 0;
        });
        return;
      } catch (error) {
        const entry = this.#entries.get(key);
        if (!entry) return;
        if (error instanceof ApiError && error.code === "upload.unknown") {
          this.#put({ ...entry, id: null, received: 0 });
          failures += 1;
          if (failures < 3) continue;
        }
        if (!(error instanceof ApiError && error.transient)) {
          this.#put({ ...entry, state: "failed", error });
          return;
        }
        failures += 1;
        this.#put({ ...entry, state: "retrying", error });
        await pause(Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 1)));
      }
    }
  }

  /** One try: from what the server has to the end. */
  async #sendAll(key: string, progress: () => void): Promise<void> {
    const file = this.#files.get(key);
    let entry = this.#entries.get(key);
    if (!file || !entry) return;
    let begun = entry.id ? await this.#ask(entry.id) : await this.#announce(entry);
    // Imported or broken before: the same file once more is a new upload.
    if (begun.state === "used" || begun.state === "failed") begun = await this.#announce(entry);
    entry = { ...entry, id: begun.id, received: begun.received, state: "sending", error: null };
    this.#put(entry);
    let { received, state } = begun;
    while (state === "receiving" && !this.#closed && this.#entries.has(key)) {
      const answer = await this.#patch(begun.id, received, file.slice(received, received + CHUNK));
      ({ received, state } = answer);
      progress();
      entry = { ...entry, received };
      if (this.#entries.has(key)) this.#put(entry);
    }
    if (state === "failed")
      throw new ApiError(422, { code: "upload.checksum", message: "", params: {}, request_id: "" });
    this.#files.delete(key);
    if (this.#entries.has(key)) this.#put({ ...entry, received: entry.size, state: "stored" });
  }

  #announce(entry: UploadEntry) {
    return ok(
      api.POST("/api/v1/projects/{project_id}/uploads", {
        params: { path: { project_id: this.project } },
        body: { name: entry.name, size: entry.size },
      }),
    );
  }

  #ask(id: string) {
    return ok(
      api.GET("/api/v1/projects/{project_id}/uploads/{upload_id}", {
        params: { path: { project_id: this.project, upload_id: id } },
      }),
    );
  }

  async #patch(id: string, offset: number, bytes: Blob): Promise<Sent> {
    const url = `/api/v1/projects/${this.project}/uploads/${id}?offset=${offset}`;
    const headers = { ...csrfHeaders(), "Content-Type": "application/octet-stream" };
    const response = await fetch(url, { method: "PATCH", headers, body: bytes, credentials: "same-origin" }).catch(
      () => {
        throw toApiError(0, null);
      },
    );
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer as Sent;
    const error = toApiError(response.status, answer, response.headers.get("x-request-id") ?? "");
    // Bytes that arrived although their answer was lost: go on from where the server is.
    if (error.code === "upload.offset") return { received: Number(error.params.received), state: "receiving" };
    if (error.code === "upload.closed") return this.#ask(id);
    throw error;
  }

  #put(entry: UploadEntry): void {
    const isNew = this.#entries.get(entry.key)?.id !== entry.id;
    this.#entries.set(entry.key, entry);
    if (isNew) this.#remember();
    this.#changed();
  }

  #changed(): void {
    this.#list = [...this.#entries.values()];
    for (const listener of this.#listeners) listener();
  }

  #remembered(): Remembered[] {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(this.#store) ?? "[]");
      return Array.isArray(found) ? (found as Remembered[]) : [];
    } catch {
      return [];
    }
  }

  #remember(): void {
    const kept = [...this.#entries.values()].flatMap(({ id, name, size }) => (id ? [{ id, name, size }] : []));
    try {
      if (kept.length) localStorage.setItem(this.#store, JSON.stringify(kept));
      else localStorage.removeItem(this.#store);
    } catch {
      // Full or blocked: sending goes on, only a reload would begin again.
    }
  }
}

/** Waits, or less when the network comes back. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener("online", end);
  });
}
