import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "../../i18n/format";
import { Kbd } from "../../ui/Kbd";
import { ACTIONS, keysOf } from "../core/actions";
import type { Editor } from "../core/editor";
import { keyLabel } from "../core/keys";
import type { AnnotationEditorProps, SaveState } from "./types";
import { useSignal } from "./useSignal";

const HINTS = [
  { action: "undo", text: "undo" },
  { action: "copy_previous", text: "copyPrevious" },
  { action: "crosshair", text: "crosshair" },
  { action: "shortcuts", text: "shortcuts" },
] as const;

const JUST_NOW_MS = 1500;

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

function SaveText({ save, onSignIn }: { save: SaveState; onSignIn: (() => void) | undefined }) {
  const { t } = useTranslation("editor");
  const now = useNow(1000);
  if (save.state === "saved") {
    const passed = now - save.at;
    const text = passed < JUST_NOW_MS ? t("save.savedNow") : t("save.saved", { ago: formatDuration(passed / 1000) });
    return <span data-save="saved">{text}</span>;
  }
  if (save.state === "saving") return <span data-save="saving">{t("save.saving", { count: save.pending })}</span>;
  if (save.state === "lost") {
    return (
      <strong className="te-bad" data-save="lost">
        {t("save.lost", { reason: save.reason })}
      </strong>
    );
  }
  if (save.state === "offline") {
    return (
      <strong className="te-warn" data-save="offline">
        ⚠ {t("save.offline", { count: save.pending })}
      </strong>
    );
  }
  if (save.state === "signed_out") {
    return (
      <strong className="te-warn" data-save="signed_out">
        ⚠ {t("save.signedOut", { count: save.pending })}{" "}
        <button type="button" className="te-link" onClick={onSignIn}>
          {t("save.signIn")}
        </button>
      </strong>
    );
  }
  return <span data-save="idle">{t("save.idle")}</span>;
}

export function StatusBar({ editor, props }: { editor: Editor; props: AnnotationEditorProps }) {
  const { t } = useTranslation("editor");
  useSignal(editor.viewport.changed);
  useSignal(editor.opened);
  const { picture, viewport } = editor;
  return (
    <footer className="te-status">
      <SaveText save={props.save} onSignIn={props.onSignIn} />
      {props.durable === false && <strong className="te-warn">⚠ {t("save.memory")}</strong>}
      <span>
        {picture.name} · {picture.width} × {picture.height}
      </span>
      <span>{t("zoom", { percent: Math.round(viewport.scale * 100) })}</span>
      {editor.readOnly && <span>{t("readOnly")}</span>}
      <span className="te-grow" />
      {HINTS.map(({ action: id, text }) => {
        const action = ACTIONS.find((entry) => entry.id === id);
        if (!action) return null;
        return (
          <button key={id} type="button" className="te-hintkey" onClick={() => action.run(editor)}>
            {t(`hints.${text}`)} <Kbd>{keyLabel(keysOf(editor, action)[0] ?? "")}</Kbd>
          </button>
        );
      })}
      {props.onTheme && (
        <button
          type="button"
          className="te-hintkey"
          onClick={() => props.onTheme?.(props.theme === "dark" ? "light" : "dark")}
        >
          {t(props.theme === "dark" ? "light" : "dark")}
        </button>
      )}
    </footer>
  );
}
