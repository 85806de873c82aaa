import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { keepGhosts, throwGhosts } from "../core/commands/prelabels";
import { selectShape } from "../core/commands/select";
import type { Editor } from "../core/editor";
import type { Shape } from "../core/records";
import { useSignal } from "./useSignal";

const ROW = 28;

function Row({ editor, shape, top }: { editor: Editor; shape: Shape; top: number }) {
  const { t } = useTranslation("editor");
  const { label, ghost } = shape;
  const labelClass = editor.labelClass(label.label);
  const measure = editor.definition(label).measure(label);
  const whose = label.origin === null ? t("mine") : label.score === null ? t("corrected") : t("fromModel");
  const on = editor.selection.has(label.id);
  const choose = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) editor.selection.toggle(label.id);
    else selectShape(editor, label.id);
  };
  return (
    <div className={on ? "te-row te-shape te-on" : "te-row te-shape"} style={{ top }}>
      <button type="button" className="te-shape-main" aria-pressed={on} onClick={choose}>
        <i className="te-swatch" style={{ background: labelClass?.color ?? "#9aa4b1" }} />
        <span className="te-name">
          {labelClass?.name ?? label.label} {measure || t("itemLabel")}
        </span>
        {!ghost && <span className="te-muted">{whose}</span>}
      </button>
      {ghost && (
        <span className="te-muted te-decide">
          {t("pending")}
          <button type="button" onClick={() => keep(editor, label.id)}>
            Y
          </button>
          /
          <button type="button" onClick={() => drop(editor, label.id)}>
            N
          </button>
        </span>
      )}
    </div>
  );
}

function ghostsOf(editor: Editor, id: string) {
  return editor.store.pending().filter((ghost) => ghost.id === id);
}

function keep(editor: Editor, id: string) {
  keepGhosts(editor, ghostsOf(editor, id));
}

function drop(editor: Editor, id: string) {
  throwGhosts(editor, ghostsOf(editor, id));
}

/** Every mark of the item; only the rows in view are made, so 5,000 cost no more than 20. */
export function ShapeList({ editor }: { editor: Editor }) {
  const { t } = useTranslation("editor");
  useSignal(editor.store.changed);
  useSignal(editor.selection.changed);
  useSignal(editor.settings.changed);
  const box = useRef<HTMLDivElement>(null);
  const shapes = [...editor.store.shapes()].filter((shape) => !shape.ghost || editor.settings.values.ghosts);
  const rows = useVirtualizer({
    count: shapes.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 4,
  });
  const single = editor.selection.single;
  const at = single === null ? -1 : shapes.findIndex((shape) => shape.label.id === single);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows]);
  const pending = shapes.filter((shape) => shape.ghost).length;
  return (
    <section className="te-shapes">
      <h3>{t("shapes", { count: shapes.length })}</h3>
      {pending > 0 && !editor.readOnly && (
        <div className="te-pending">
          <span className="te-muted">{t("prelabels", { pending })}</span>
          <button type="button" className="te-link" onClick={() => keepGhosts(editor, editor.store.pending())}>
            {t("keepAll")}
          </button>
          <button type="button" className="te-link" onClick={() => throwGhosts(editor, editor.store.pending())}>
            {t("throwAll")}
          </button>
        </div>
      )}
      {shapes.length === 0 && !editor.store.nothing && (
        <p className="te-muted te-hint">{t("empty", { key: "B", nothing: "0" })}</p>
      )}
      <div ref={box} className="te-scroll" style={{ maxHeight: Math.max(1, Math.min(shapes.length, 12)) * ROW }}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const shape = shapes[item.index];
            return shape ? <Row key={shape.label.id} editor={editor} shape={shape} top={item.start} /> : null;
          })}
        </div>
      </div>
    </section>
  );
}
