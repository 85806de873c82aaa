import type { Verdict } from "./standing";

const KEY = "tg_console_muted";
/** Notes of each verdict: hertz, begin and length in seconds. Told apart by rhythm, not only by pitch. */
const NOTES: Record<Verdict, readonly (readonly [number, number, number])[]> = {
  ok: [[880, 0, 0.12]],
  defect: [
    [330, 0, 0.28],
    [262, 0.34, 0.4],
  ],
  check: [
    [523, 0, 0.12],
    [523, 0.2, 0.12],
    [523, 0.4, 0.12],
  ],
};

/** Sounds of the console, made by the browser itself. Browsers play nothing before the first touch. */
export class Sounds {
  private context: AudioContext | null = null;
  muted = localStorage.getItem(KEY) === "1";

  /** To be called on a touch. */
  wake(): void {
    this.context ??= new AudioContext();
    void this.context.resume();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    localStorage.setItem(KEY, muted ? "1" : "0");
  }

  play(verdict: Verdict): void {
    const context = this.context;
    if (this.muted || context?.state !== "running") return;
    for (const [pitch, begin, length] of NOTES[verdict]) {
      const from = context.currentTime + begin;
      const tone = context.createOscillator();
      const loud = context.createGain();
      tone.frequency.value = pitch;
      tone.type = "square";
      loud.gain.setValueAtTime(0.18, from);
      loud.gain.exponentialRampToValueAtTime(0.001, from + length);
      tone.connect(loud).connect(context.destination);
      tone.start(from);
      tone.stop(from + length);
    }
  }

  close(): void {
    void this.context?.close();
  }
}
