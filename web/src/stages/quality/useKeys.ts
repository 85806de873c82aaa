import { useEffect, useRef } from "react";
import { plainKey } from "./judging";

/** Keys of the page, asked before the editor's own; `press` says whether it used the key. */
export function useKeys(press: (key: string) => boolean): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const key = plainKey(event);
      if (!key || event.defaultPrevented) return;
      if (latest.current(key)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
