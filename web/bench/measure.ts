/** Plays a person's actions with DOM events and measures each until its frame has been handed to the compositor. */

interface Timing {
  readonly n: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly most_ms: number;
}

const round = (value: number) => Math.round(value * 10) / 10;

function summary(times: number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { n: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95), most_ms: at(1) };
}

const frame = () => new Promise<number>((done) => requestAnimationFrame(done));

/** Resolves when the frame that shows the change has left the main thread. */
async function handedOver(): Promise<void> {
  await frame();
  await new Promise<void>((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done();
    channel.port2.postMessage(null);
  });
}

function host(): HTMLElement {
  const element = document.querySelector<HTMLElement>(".te-canvas");
  if (!element) throw new Error("no canvas");
  return element;
}

function pointer(type: string, x: number, y: number, extra: PointerEventInit = {}): void {
  const box = host().getBoundingClientRect();
  const init = { clientX: box.left + x, clientY: box.top + y, pointerId: 1, bubbles: true, cancelable: true };
  host().dispatchEvent(new PointerEvent(type, { ...init, ...extra }));
}

function drag(fromX: number, fromY: number, toX: number, toY: number, extra: PointerEventInit = {}): void {
  pointer("pointermove", fromX, fromY, extra);
  pointer("pointerdown", fromX, fromY, extra);
  pointer("pointermove", (fromX + toX) / 2, (fromY + toY) / 2, extra);
  pointer("pointermove", toX, toY, extra);
  pointer("pointerup", toX, toY, extra);
}

function key(name: string): void {
  const parts = name.split("+");
  const last = parts.pop() ?? "";
  const init = { key: last, ctrlKey: parts.includes("Mod"), shiftKey: parts.includes("Shift"), bubbles: true };
  host().dispatchEvent(new KeyboardEvent("keydown", { ...init, cancelable: true }));
}

function wheel(x: number, y: number, deltaY: number): void {
  const box = host().getBoundingClientRect();
  const init = { clientX: box.left + x, clientY: box.top + y, deltaY, bubbles: true, cancelable: true };
  host().dispatchEvent(new WheelEvent("wheel", init));
}

interface Step {
  readonly name: string;
  readonly act: (round: number) => void;
  /** Done before each measured act, not counted. */
  readonly before?: (round: number) => void;
}

const spot = (turn: number): [number, number] => [150 + ((turn * 197) % 700), 80 + ((turn * 131) % 600)];

const STEPS: readonly Step[] = [
  { name: "hover", before: () => key("v"), act: (turn) => pointer("pointermove", ...spot(turn)) },
  {
    name: "select",
    act: (turn) => {
      pointer("pointerdown", ...spot(turn));
      pointer("pointerup", ...spot(turn));
    },
  },
  { name: "next_by_tab", act: () => key("Tab") },
  { name: "class_by_key", before: () => key("Tab"), act: (turn) => key(String(1 + (turn % 6))) },
  { name: "attribute_by_key", before: () => key("Tab"), act: (turn) => key("QWE"[turn % 3] ?? "Q") },
  { name: "nudge", before: () => key("Tab"), act: () => key("ArrowRight") },
  { name: "copy_paste", before: () => key("Tab"), act: () => ["Mod+c", "Mod+v"].forEach(key) },
  { name: "delete", before: () => key("Tab"), act: () => key("Delete") },
  { name: "undo", before: () => ["Tab", "Delete"].forEach(key), act: () => key("Mod+z") },
  { name: "redo", before: () => ["Tab", "Delete", "Mod+z"].forEach(key), act: () => key("Mod+y") },
  {
    name: "draw_box",
    before: () => key("b"),
    act: (turn) => drag(...spot(turn), spot(turn)[0] + 60, spot(turn)[1] + 40),
  },
  {
    name: "move_box",
    before: (turn) => {
      key("b");
      drag(...spot(turn), spot(turn)[0] + 60, spot(turn)[1] + 40);
      key("v");
    },
    act: (turn) => drag(spot(turn)[0] + 30, spot(turn)[1] + 20, spot(turn)[0] + 55, spot(turn)[1] + 30),
  },
  {
    name: "resize_box",
    before: (turn) => {
      key("b");
      drag(...spot(turn), spot(turn)[0] + 60, spot(turn)[1] + 40);
    },
    act: (turn) => drag(spot(turn)[0] + 60, spot(turn)[1] + 40, spot(turn)[0] + 80, spot(turn)[1] + 70),
  },
  { name: "zoom_step", before: () => key("Home"), act: (turn) => wheel(...spot(turn), -240) },
  {
    name: "rubber_band_quarter",
    before: () => ["Home", "v", "Escape"].forEach(key),
    act: () => drag(2, 2, 540, 420),
  },
  { name: "select_all", before: () => key("Escape"), act: () => key("Mod+a") },
  { name: "move_all", before: () => key("Mod+a"), act: () => drag(...middle(), middle()[0] + 6, middle()[1] + 4) },
  { name: "class_of_all", before: () => key("Mod+a"), act: (turn) => key(String(1 + (turn % 6))) },
  { name: "delete_all", before: () => key("Mod+a"), act: () => key("Delete") },
  { name: "undo_delete_all", before: () => key("Mod+a"), act: () => key("Mod+z") },
];

/** Over a selected box: everything is selected, so any box will do; the canvas is dense. */
function middle(): [number, number] {
  return [540, 410];
}

async function time(step: Step, rounds: number): Promise<{ handler: Timing; to_frame: Timing }> {
  const handler: number[] = [];
  const toFrame: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    if (step.name === "delete_all" && turn > 0) key("Mod+z");
    if (step.name === "undo_delete_all") ["Mod+a", "Delete"].forEach(key);
    else step.before?.(turn);
    await handedOver();
    await frame();
    const start = performance.now();
    step.act(turn);
    await Promise.resolve();
    handler.push(performance.now() - start);
    await handedOver();
    toFrame.push(performance.now() - start);
  }
  return { handler: summary(handler), to_frame: summary(toFrame) };
}

async function rate(
  ms: number,
  act: (turn: number) => void,
): Promise<{ fps: number; frames: number; slowest_frame_ms: number }> {
  let last = await frame();
  const start = last;
  let frames = 0;
  let slowest = 0;
  while (last - start < ms) {
    act(frames);
    const now = await frame();
    slowest = Math.max(slowest, now - last);
    last = now;
    frames += 1;
  }
  return { fps: round((1000 * frames) / (last - start)), frames, slowest_frame_ms: round(slowest) };
}

export async function measure(
  openItem: (count: number) => Promise<number>,
  count: number,
  rounds: number,
  only: string | null,
) {
  const opened: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await openItem(0);
    opened.push(await openItem(count));
  }
  const actions: Record<string, { handler: Timing; to_frame: Timing }> = {};
  for (const step of STEPS) {
    if (only && step.name !== only) continue;
    await openItem(count);
    key("Home");
    actions[step.name] = await time(step, rounds);
  }
  return { boxes: count, open: summary(opened), actions };
}

/** Frames a second while the picture is dragged about, or zoomed in and out, for three seconds. */
export async function measureRate(what: "pan" | "zoom", openItem: (count: number) => Promise<number>, count: number) {
  await openItem(count);
  key("Home");
  if (what === "zoom") return rate(3000, (turn) => wheel(540, 410, turn % 60 < 30 ? -40 : 40));
  pointer("pointerdown", 500, 400, { button: 2 });
  const panned = await rate(3000, panStep);
  pointer("pointerup", 500, 400, { button: 2 });
  return panned;
}

function panStep(turn: number): void {
  pointer("pointermove", 500 + 80 * Math.sin(turn / 10), 400 + 50 * Math.cos(turn / 13), { button: 2 });
}
