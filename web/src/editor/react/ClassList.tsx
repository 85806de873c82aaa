import { useTranslation } from "react-i18next";
import { Kbd } from "../../ui/Kbd";
import { classKey } from "../core/actions";
import { chooseClass, toggleNothing } from "../core/commands/labels";
import type { Editor } from "../core/editor";
import { useSignal } from "./useSignal";

/** The label set with its hotkeys. */
export function ClassList({ editor }: { editor: Editor }) {
  const { t } = useTranslation("editor");
  useSignal(editor.settings.changed);
  useSignal(editor.store.changed);
  const onItem = new Set(editor.store.list().flatMap((label) => (label.kind === "class" ? label.label : [])));
  const { store, readOnly } = editor;
  return (
    <section>
      <h3>{t("labels")}</h3>
      <div className="te-classes">
        {editor.labelSet.classes.map((entry) => {
          const key = classKey(editor, entry);
          const on = entry.kind === "class" ? onItem.has(entry.key) : editor.settings.values.activeClass === entry.key;
          return (
            <button
              key={entry.key}
              type="button"
              className={on ? "te-row te-on" : "te-row"}
              aria-pressed={on}
              disabled={readOnly}
              onClick={() => chooseClass(editor, entry.key)}
            >
              <i className="te-swatch" style={{ background: entry.color }} />
              <span className="te-name">{entry.name}</span>
              {key && <Kbd>{key}</Kbd>}
            </button>
          );
        })}
        {(store.nothing || (store.labels.size === 0 && !readOnly)) && (
          <button
            type="button"
            className={store.nothing ? "te-row te-on" : "te-row"}
            aria-pressed={store.nothing}
            disabled={readOnly}
            onClick={() => toggleNothing(editor)}
          >
            <i className="te-swatch te-none" />
            <span className="te-name">{t(store.nothing ? "nothingOn" : "nothing")}</span>
            <Kbd>0</Kbd>
          </button>
        )}
      </div>
    </section>
  );
}
