import { useEffect, useRef } from "react";
import type { Editor } from "../core/editor";
import { Input } from "../core/input";
import { Renderer } from "../core/render/renderer";

/** The picture and its marks. Everything inside is drawn and heard by the core. */
export function Canvas({ editor, label }: { editor: Editor; label: string }) {
  const host = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const renderer = new Renderer(editor, element);
    const input = new Input(editor, element);
    element.focus({ preventScroll: true });
    return () => {
      input.dispose();
      renderer.dispose();
    };
  }, [editor]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes the keys of the editor
    <section ref={host} className="te-canvas" tabIndex={0} aria-label={label} />
  );
}
