import { Input } from "../src/editor/core/input";
import { BlankPicture } from "../src/editor/core/picture";
import { Renderer } from "../src/editor/core/render/renderer";
import { createEditor } from "../src/editor/create";
import { makeDocument, makeLabelSet } from "./made";

const root = document.getElementById("root");
if (!root) throw new Error("no #root");
root.style.cssText = "position:fixed;inset:0;background:#11151a";
const editor = createEditor({ labelSet: makeLabelSet() });
const renderer = new Renderer(editor, root);
new Input(editor, root);
editor.open(makeDocument(5000, new BlankPicture("made.png", 4096, 3072)));
Object.assign(window, { tg: { editor, renderer } });
