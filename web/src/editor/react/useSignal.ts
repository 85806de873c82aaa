import { useSyncExternalStore } from "react";
import type { Signal } from "../core/signal";

/** Draws the component again when the signal moves. Read the data itself from the editor. */
export function useSignal(signal: Signal): number {
  return useSyncExternalStore(signal.subscribe, () => signal.version);
}
