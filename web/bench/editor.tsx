import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { EditorDocument } from "../src/editor/core/editor";
import { AnnotationEditor } from "../src/editor/react/AnnotationEditor";
import { startI18n } from "../src/i18n";
import "../src/ui/base.css";
import { makeDocument, makeLabelSet, makePicture } from "./made";
import { measure, measureRate } from "./measure";

declare global {
  interface Window {
    /** Opens an item with so many boxes; resolves when it has been drawn. */
    openItem: (count: number) => Promise<number>;
    /** `only`: one action by its name. */
    measure: (count: number, rounds: number, only?: string | null) => Promise<unknown>;
    measureRate: (what: "pan" | "zoom", count: number) => Promise<unknown>;
  }
}

const labelSet = makeLabelSet();
const root = document.getElementById("root");
if (!root) throw new Error("no #root");
const picture = await makePicture(4096, 3072);
const twoFrames = () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

function Bench() {
  const [item, setItem] = useState<EditorDocument>(() => makeDocument(0, picture));
  const [theme, setTheme] = useState<"dark" | "light">("dark");
  window.openItem = async (count) => {
    const made = makeDocument(count, picture);
    const start = performance.now();
    setItem(made);
    await twoFrames();
    return performance.now() - start;
  };
  return (
    <AnnotationEditor
      document={item}
      labelSet={labelSet}
      title={["Bench", `${item.labels.length}`]}
      save={{ state: "idle" }}
      theme={theme}
      onTheme={setTheme}
      onSubmit={() => {}}
      workedSeconds={0}
    />
  );
}

window.measureRate = (what, count) => measureRate(what, (boxes) => window.openItem(boxes), count);
window.measure = (count, rounds, only = null) => measure((boxes) => window.openItem(boxes), count, rounds, only);
await startI18n(new URLSearchParams(location.search).get("lng") === "zh" ? "zh" : "en");
createRoot(root).render(<Bench />);
