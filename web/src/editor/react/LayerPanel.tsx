import { useTranslation } from "react-i18next";
import { Kbd } from "../../ui/Kbd";
import type { Editor } from "../core/editor";
import { useSignal } from "./useSignal";

/** Read-only layers over one's own marks: shown, hidden, or taking turns. */
export function LayerPanel({ editor }: { editor: Editor }) {
  const { t } = useTranslation("editor");
  useSignal(editor.overlays.changed);
  const { overlays } = editor;
  if (overlays.layers.length === 0) return null;
  return (
    <section>
      <h3>{t("layers")}</h3>
      {overlays.layers.map((layer) => {
        const on = !overlays.hidden.has(layer.id);
        return (
          <button
            key={layer.id}
            type="button"
            className={on ? "te-row te-on" : "te-row"}
            aria-pressed={on}
            onClick={() => overlays.toggle(layer.id)}
          >
            <i className="te-swatch te-outline" style={{ borderColor: layer.color }} />
            <span className="te-name">{layer.name}</span>
            <span className="te-muted">{layer.labels.length}</span>
          </button>
        );
      })}
      <button
        type="button"
        className={overlays.blinking ? "te-row te-on" : "te-row"}
        aria-pressed={overlays.blinking}
        onClick={() => overlays.blink(!overlays.blinking)}
      >
        <span className="te-name">{t("blink")}</span>
        <Kbd>O</Kbd>
      </button>
    </section>
  );
}
