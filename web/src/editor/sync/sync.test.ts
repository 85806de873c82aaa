// @vitest-environment node
import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Browser, logged, upTo } from "./browser";
import { WorkDatabase } from "./database";
import { FakeServer } from "./fake";
import { failureOf } from "./transport";

const open: Browser[] = [];

function browserOn(server: FakeServer): Browser {
  const browser = new Browser(server);
  open.push(browser);
  return browser;
}

afterEach(async () => {
  for (const browser of open.splice(0)) await browser.close();
});

describe("saving", () => {
  it("gathers commands into one request and says when they are saved", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    for (const seq of upTo(5)) b.draw("a", seq);
    expect(b.queue.status("a")).toEqual({ state: "saving", pending: 5 });
    await b.queue.flush();
    expect(logged(server, "a")).toEqual(upTo(5));
    expect(server.calls).toBe(1);
    expect(server.leases.get("a")?.labels).toHaveLength(5);
    expect(b.queue.status("a")).toEqual({ state: "saved", at: b.clock });
  });

  it("sends by itself a moment after the last command", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    b.draw("a", 1);
    await vi.waitFor(() => expect(b.queue.status("a").state).toBe("saved"));
  });

  it("sends very many commands in parts, labels with the last", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    for (const seq of upTo(900)) b.draw("a", seq);
    await b.queue.flush();
    expect([logged(server, "a").length, server.calls]).toEqual([900, 3]);
    expect(server.leases.get("a")?.labels).toHaveLength(900);
  });
});

describe("a cut network", () => {
  it("keeps 14 changes, says so, replays them marked offline", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    const save = vi.spyOn(server, "save");
    await b.begin("a");
    server.fault = () => "request_lost";
    b.draw("a", 1);
    await b.queue.flush();
    for (const seq of upTo(14).slice(1)) b.draw("a", seq);
    expect(b.queue.status("a")).toEqual({ state: "offline", pending: 14 });
    server.fault = () => "none";
    b.queue.wake();
    await b.queue.settled();
    expect(logged(server, "a")).toEqual(upTo(14));
    expect(save.mock.calls.slice(-2).map(([request]) => [request.offline, request.commands.length])).toEqual([
      [false, 1],
      [true, 13],
    ]);
  });

  it("doubles nothing when an answer is lost", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    server.fault = () => "answer_lost";
    b.draw("a", 1);
    b.queue.submit("a", 0);
    await b.queue.flush();
    server.fault = () => (server.calls % 2 ? "answer_lost" : "none");
    for (let turn = 0; turn < 6; turn += 1) await b.queue.flush();
    expect(logged(server, "a")).toEqual([1]);
    expect(server.leases.get("a")?.submits).toHaveLength(1);
  });

  it("opens preloaded work on the way, after the answer before it", async () => {
    const server = new FakeServer();
    server.hand("a");
    server.hand("b", "next");
    const b = browserOn(server);
    await b.begin("a");
    await b.begin("b");
    server.fault = () => "request_lost";
    b.draw("a", 1);
    b.queue.submit("a", 0);
    b.draw("b", 1);
    b.draw("b", 2);
    b.queue.submit("b", 0);
    await b.queue.flush();
    server.fault = () => "none";
    b.queue.wake();
    await b.queue.settled();
    expect([...server.leases.values()].map((lease) => lease.state)).toEqual(["submitted", "submitted"]);
    expect(logged(server, "b")).toEqual([1, 2]);
  });
});

describe("a killed tab", () => {
  it("goes on where it was, with what the server does not have", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    b.draw("a", 1);
    await b.queue.flush();
    server.fault = () => "request_lost";
    b.draw("a", 2);
    b.draw("a", 3);
    await b.kill();
    const begun = await b.begin("a", 1);
    expect([begun.seq, begun.restored, begun.snapshot.labels.length]).toEqual([3, 2, 3]);
    server.fault = () => "none";
    b.draw("a", 4);
    await b.queue.flush();
    expect(logged(server, "a")).toEqual(upTo(4));
  });

  it("still hands in an answer that was submitted before", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    server.fault = () => "request_lost";
    b.draw("a", 1);
    b.queue.submit("a", 0);
    await b.queue.settled();
    await b.kill();
    server.fault = () => "none";
    b.queue.wake();
    await b.queue.settled();
    expect(server.leases.get("a")?.state).toBe("submitted");
    expect(server.leases.get("a")?.labels).toHaveLength(1);
  });
});

describe("a session that ends", () => {
  it("stops asking, keeps everything, and goes on after signing in", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    server.fault = () => "signed_out";
    b.draw("a", 1);
    await b.queue.flush();
    const { calls } = server;
    b.draw("a", 2);
    await b.queue.flush();
    expect(server.calls).toBe(calls);
    expect(b.queue.status("a")).toEqual({ state: "signed_out", pending: 2 });
    server.fault = () => "none";
    b.queue.wake();
    await b.queue.settled();
    expect(logged(server, "a")).toEqual([1, 2]);
  });
});

describe("a lease lost while drawing", () => {
  it("keeps what was drawn as a draft with the reason, through a restart", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    b.draw("a", 1);
    await b.queue.flush();
    const lease = server.leases.get("a");
    if (lease) lease.state = "expired";
    b.draw("a", 2);
    await b.queue.flush();
    expect(b.queue.status("a")).toMatchObject({ state: "lost", reason: "unheard" });
    b.draw("a", 3);
    await b.kill();
    expect(b.queue.kept().map((work) => [work.lease, work.snapshot().labels.length])).toEqual([["a", 3]]);
    await b.queue.discard("a");
    expect(b.queue.kept()).toEqual([]);
  });

  it("keeps the local part when the task was worked on in another browser", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    await b.begin("a");
    server.fault = () => "request_lost";
    b.draw("a", 1);
    await b.queue.flush();
    server.fault = () => "none";
    const begun = await b.begin("a", 9);
    expect([begun.seq, begun.restored]).toEqual([9, 0]);
    expect(b.queue.kept().map((work) => work.snapshot().labels.length)).toEqual([1]);
  });
});

describe("a refused submit", () => {
  it("comes back to the person, and is sent anew with a new key", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    const outcomes: string[] = [];
    b.queue.outcomes.listen((outcome) => outcomes.push(outcome.kind));
    await b.begin("a");
    b.draw("a", 1);
    const lease = server.leases.get("a");
    if (lease) lease.invalid = true;
    b.queue.submit("a", 0);
    await b.queue.settled();
    expect(outcomes).toEqual(["refused"]);
    if (lease) lease.invalid = false;
    b.draw("a", 2);
    b.queue.submit("a", 0);
    await b.queue.settled();
    expect(outcomes).toEqual(["refused", "stored"]);
    expect(lease?.submits).toEqual(["key2"]);
  });
});

describe("a browser that can't keep anything", () => {
  it("says so and sends all the same", async () => {
    const server = new FakeServer();
    server.hand("a");
    const b = browserOn(server);
    vi.spyOn(WorkDatabase.prototype, "write").mockRejectedValue(new Error("QuotaExceededError"));
    await b.begin("a");
    b.draw("a", 1);
    await b.queue.flush();
    expect([b.queue.durable, logged(server, "a")]).toEqual([false, [1]]);
  });
});

describe("failures by code", () => {
  it.each([
    [0, "network", "wait"],
    [503, "x", "wait"],
    [401, "auth.required", "signed_out"],
    [403, "auth.csrf", "signed_out"],
    [403, "auth.role", "lost"],
    [409, "lease.lost", "lost"],
    [410, "annotation.deleted", "lost"],
    [409, "rule.changed", "lost"],
    [409, "commands.missing", "missing"],
    [409, "revision.stale", "refused"],
    [422, "labels.invalid", "refused"],
  ] as const)("%i %s means %s", (status, code, failure) => {
    expect(failureOf({ status, code })).toBe(failure);
  });
});
