import { useTranslation } from "react-i18next";
import { ACTIONS, keysOf } from "../core/actions";
import type { Editor } from "../core/editor";
import { keyLabel } from "../core/keys";
import { useSignal } from "./useSignal";

const PATHS = {
  select: "M5 3l6.5 16 2.2-6.3L20 10.5z",
  box: "M4 6h16v12H4z",
  filters:
    "M12 4v2m0 12v2m8-8h-2M6 12H4m13.7-5.7-1.4 1.4M7.7 16.3l-1.4 1.4m11.4 0-1.4-1.4M7.7 7.7 6.3 6.3M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  redo: "m16 5 4 4-4 4m4-4H10a5.5 5.5 0 0 0 0 11h4",
} as const;

/** Rail buttons and the actions they run. */
const BUTTONS = [
  { icon: "select", action: "tool_select" },
  { icon: "box", action: "tool_box" },
  { icon: "filters", action: "filters" },
  { icon: "fit", action: "zoom_fit" },
  { icon: "undo", action: "undo" },
  { icon: "redo", action: "redo" },
] as const;

export function ToolRail({ editor }: { editor: Editor }) {
  const { t } = useTranslation("editor");
  useSignal(editor.settings.changed);
  useSignal(editor.history.changed);
  const disabled = (icon: string) =>
    (icon === "undo" && !editor.history.canUndo) || (icon === "redo" && !editor.history.canRedo);
  return (
    <nav className="te-rail">
      {BUTTONS.map(({ icon, action: id }) => {
        const action = ACTIONS.find((entry) => entry.id === id);
        if (!action) return null;
        const keys = keysOf(editor, action);
        const shown = keyLabel(keys.find((key) => key.length === 1) ?? keys[0] ?? "");
        return (
          <button
            key={id}
            type="button"
            className={editor.settings.values.tool === icon ? "te-tool te-on" : "te-tool"}
            title={`${t(`tools.${icon}`)} (${shown})`}
            aria-label={t(`tools.${icon}`)}
            aria-pressed={editor.settings.values.tool === icon}
            disabled={disabled(icon)}
            onClick={() => action.run(editor)}
          >
            <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
              <path d={PATHS[icon]} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round" />
            </svg>
            {shown.length === 1 && <small>{shown}</small>}
          </button>
        );
      })}
    </nav>
  );
}
