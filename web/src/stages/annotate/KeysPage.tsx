import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { Action, ActionGroup } from "../../editor/core/actions/action";
import {
  ACTIONS,
  capturedKey,
  classDigit,
  conflictsIn,
  type Keymap,
  keysIn,
  withKeys,
} from "../../editor/core/actions/keymap";
import { keyLabel } from "../../editor/core/keys";
import { ErrorNote } from "../../ui/ErrorNote";
import { Kbd } from "../../ui/Kbd";
import "./keys.css";
import { useSaveHotkeys } from "./queries";

const GROUPS: readonly ActionGroup[] = ["item", "tools", "edit", "labels", "prelabels", "view"];

/** Texts of actions; the four arrows have one text each for their two distances. */
function useActionName() {
  const { t } = useTranslation("editor");
  const text = t as unknown as (key: string) => string;
  return ({ id, keys }: Action) => {
    if (!id.startsWith("nudge_")) return text(`actions.${id}`);
    const arrow = keyLabel((keys[0] ?? "").replace("Shift+", ""));
    return `${arrow} ${text(id.endsWith("_10") ? "actions.nudge_10" : "actions.nudge")}`;
  };
}

/** `/me/keys`: a person's own hotkeys, kept on the server, so that they are there on every machine. */
export default function KeysPage() {
  const { t } = useTranslation("keys");
  const { t: editor } = useTranslation("editor");
  const me = useMe();
  const save = useSaveHotkeys();
  const nameOf = useActionName();
  const [asking, setAsking] = useState<Action | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const keymap: Keymap = (save.isPending ? save.variables : me.data?.hotkeys) ?? {};
  const conflicts = conflictsIn(keymap);
  const { mutate } = save;

  useEffect(() => {
    if (!asking) return undefined;
    const hear = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape" && asking.id !== "cancel") {
        setAsking(null);
        return;
      }
      const captured = capturedKey(event);
      if (captured === null) return;
      if (captured === "browser") {
        setRefused(t("browser"));
        return;
      }
      if (classDigit(captured.key)) {
        setRefused(t("digits"));
        return;
      }
      setRefused(null);
      setAsking(null);
      mutate(withKeys(keymap, asking, [captured.key]));
    };
    window.addEventListener("keydown", hear, true);
    return () => window.removeEventListener("keydown", hear, true);
  }, [asking, keymap, mutate, t]);

  if (!me.data) return null;
  return (
    <div className="tg-page" style={{ maxWidth: 860 }}>
      <h1>{t("title")}</h1>
      <p className="tg-muted">{t("hint")}</p>
      {save.error && <ErrorNote error={save.error} />}
      {conflicts.size > 0 && (
        <div className="tg-card tg-keys-conflict" role="alert">
          {[...conflicts].map(([key, actions]) => (
            <p key={key}>⚠ {t("conflict", { key: keyLabel(key), actions: actions.map(nameOf).join(t("and")) })}</p>
          ))}
        </div>
      )}
      <div className="tg-row">
        <Button disabled={Object.keys(keymap).length === 0} loading={save.isPending} onClick={() => mutate({})}>
          {t("resetAll", { count: Object.keys(keymap).length })}
        </Button>
        {save.isSuccess && <span className="tg-muted">{t("saved")}</span>}
      </div>
      {GROUPS.map((group) => (
        <section key={group} className="tg-card" style={{ marginTop: 14 }}>
          <h2>{editor(`shortcuts.group.${group}`)}</h2>
          <ul className="tg-plain tg-keys">
            {ACTIONS.filter((action) => action.group === group).map((action) => (
              <li key={action.id} className="tg-keys-row">
                <span className="tg-keys-name">{nameOf(action)}</span>
                <span className="tg-keys-keys">
                  {asking === action ? (
                    <strong>{refused ?? t("press")}</strong>
                  ) : (
                    keysIn(keymap, action).map((key) => (
                      <span key={key} className={conflicts.has(key) ? "tg-keys-twice" : undefined}>
                        <Kbd>{keyLabel(key)}</Kbd>
                      </span>
                    ))
                  )}
                </span>
                <span className="tg-keys-do">
                  <Button
                    size="small"
                    aria-label={t("changeOf", { action: nameOf(action) })}
                    onClick={() => {
                      setRefused(null);
                      setAsking(asking === action ? null : action);
                    }}
                  >
                    {asking === action ? t("stop") : t("change")}
                  </Button>
                  {keymap[action.id] && (
                    <Button size="small" type="link" onClick={() => mutate(withKeys(keymap, action, action.keys))}>
                      {t("reset", { keys: action.keys.map(keyLabel).join(" / ") })}
                    </Button>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
