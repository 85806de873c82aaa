import { useTranslation } from "react-i18next";
import { Kbd } from "../../ui/Kbd";
import { ACTIONS, keysOf } from "../core/actions";
import type { ActionGroup } from "../core/actions/action";
import type { Editor } from "../core/editor";
import { keyLabel } from "../core/keys";

const GROUPS: readonly ActionGroup[] = ["item", "tools", "edit", "labels", "prelabels", "view"];

/** The four arrows are one line. */
function lines(editor: Editor, group: ActionGroup): { id: string; keys: readonly string[] }[] {
  const found = ACTIONS.filter((action) => action.group === group && !action.id.startsWith("nudge_"));
  const rows = found.map((action) => ({ id: action.id, keys: keysOf(editor, action) }));
  if (group !== "edit") return rows;
  return [
    ...rows,
    { id: "nudge", keys: ["Left", "Up", "Down", "Right"].flatMap((side) => arrowKeys(editor, `nudge_${side}`)) },
    { id: "nudge_10", keys: arrowKeys(editor, "nudge_Left_10") },
  ];
}

function arrowKeys(editor: Editor, id: string): readonly string[] {
  const action = ACTIONS.find((entry) => entry.id === id);
  return action ? keysOf(editor, action) : [];
}

/** All keys, made from the actions themselves so that it can't lie. */
export function ShortcutPanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const { t } = useTranslation(["editor", "common"]);
  // Ids come from the list of actions; a test proves that each has a text.
  const nameOf = t as unknown as (key: string) => string;
  return (
    <aside className="te-float te-shortcuts" aria-label={t("editor:shortcuts.title")}>
      <div className="te-float-head">
        <h3>{t("editor:shortcuts.title")}</h3>
        <a className="te-link" href="/me/keys" target="_blank" rel="noreferrer">
          {t("editor:shortcuts.own")}
        </a>
        <button type="button" className="te-button" onClick={onClose}>
          {t("common:close")}
        </button>
      </div>
      <div className="te-columns">
        {GROUPS.map((group) => (
          <div key={group} className="te-group">
            <h4>{t(`editor:shortcuts.group.${group}`)}</h4>
            {group === "labels" && (
              <>
                <div className="te-line">
                  <span>{t("editor:shortcuts.class")}</span>
                  <Kbd>1–9</Kbd>
                </div>
                <div className="te-line">
                  <span>{t("editor:shortcuts.attribute")}</span>
                  <Kbd>Q W E …</Kbd>
                </div>
              </>
            )}
            {lines(editor, group).map((line) => (
              <div key={line.id} className="te-line">
                <span>{nameOf(`editor:actions.${line.id}`)}</span>
                <span>
                  {line.keys.map((key) => (
                    <Kbd key={key}>{keyLabel(key)}</Kbd>
                  ))}
                </span>
              </div>
            ))}
            {group === "view" && (
              <>
                <p className="te-muted">{t("editor:shortcuts.wheel")}</p>
                <p className="te-muted">{t("editor:shortcuts.pan")}</p>
              </>
            )}
          </div>
        ))}
      </div>
    </aside>
  );
}
