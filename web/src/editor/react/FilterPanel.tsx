import { useTranslation } from "react-i18next";
import type { Editor } from "../core/editor";
import { FILTER_RANGES } from "../core/filters";
import { useSignal } from "./useSignal";

const SLIDERS = ["brightness", "contrast", "gamma"] as const;

/** Beside the picture, never over one's work: what is changed is seen at once. */
export function FilterPanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const { t } = useTranslation(["editor", "common"]);
  useSignal(editor.filters.changed);
  const { values } = editor.filters;
  return (
    <aside className="te-float te-filters" aria-label={t("editor:filters.title")}>
      <h3>{t("editor:filters.title")}</h3>
      {SLIDERS.map((name) => (
        <label key={name} className="te-slider">
          <span>{t(`editor:filters.${name}`)}</span>
          <input
            type="range"
            {...FILTER_RANGES[name]}
            value={values[name]}
            onChange={(event) => editor.filters.set({ [name]: Number(event.target.value) })}
          />
          <output>{values[name].toFixed(1)}</output>
        </label>
      ))}
      <label className="te-check">
        <input
          type="checkbox"
          checked={values.invert}
          onChange={(event) => editor.filters.set({ invert: event.target.checked })}
        />
        {t("editor:filters.invert")}
      </label>
      <p className="te-muted">{t("editor:filters.note")}</p>
      <button type="button" className="te-button" onClick={() => editor.filters.reset()}>
        {t("editor:filters.reset")}
      </button>{" "}
      <button type="button" className="te-button" onClick={onClose}>
        {t("common:close")}
      </button>
    </aside>
  );
}
