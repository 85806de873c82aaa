import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { csrfHeaders } from "../../../api/client";
import type { components } from "../../../api/schema";
import type { Prediction } from "./standing";

type Console = components["schemas"]["Console"];
type Reason = Console["reasons"][number];

interface Props {
  console: Console;
  prediction: Prediction | null;
  deployment: string;
  /** A reason is being chosen: the picture must stay until then. */
  onAsk: () => void;
  onSay: (kind: "wrong" | "right", reason: Reason | "") => void;
}

/** At most three big buttons. `wrong` opens the reasons in their place: two taps in all. */
export function Buttons({ console: design, prediction, deployment, onAsk, onSay }: Props) {
  const { t } = useTranslation("line");
  const [asking, setAsking] = useState<"reason" | Reason | null>(null);
  const risky =
    prediction?.verdict === "defect" &&
    design.confirm_from !== null &&
    design.confirm_from !== undefined &&
    (prediction.top_score ?? 0) >= design.confirm_from;
  function say(reason: Reason) {
    if (risky && reason === "false_call" && asking !== "false_call") {
      setAsking(reason);
      return;
    }
    setAsking(null);
    onSay("wrong", reason);
  }
  if (asking === "reason" && prediction) {
    return (
      <fieldset className="tc-buttons tc-reasons" aria-label={t("console.why")}>
        {design.reasons.map((reason) => (
          <button type="button" key={reason} className="tc-button tc-wrong" onClick={() => say(reason)}>
            {t(`reason.${reason}`)}
          </button>
        ))}
        <button type="button" className="tc-button tc-back" onClick={() => setAsking(null)}>
          {t("console.back")}
        </button>
      </fieldset>
    );
  }
  if (asking && prediction) {
    return (
      <div className="tc-buttons" role="alertdialog" aria-label={t("console.sure")}>
        <div className="tc-sure">{t("console.sure")}</div>
        <button type="button" className="tc-button tc-wrong" onClick={() => say("false_call")}>
          {t("console.yesFalse")}
        </button>
        <button type="button" className="tc-button tc-back" onClick={() => setAsking(null)}>
          {t("console.back")}
        </button>
      </div>
    );
  }
  return (
    <div className="tc-buttons">
      {design.buttons.includes("wrong") && (
        <button
          type="button"
          className="tc-button tc-wrong"
          disabled={!prediction}
          onClick={() => {
            onAsk();
            setAsking("reason");
          }}
        >
          {t("console.wrong")}
        </button>
      )}
      {design.buttons.includes("right") && (
        <button type="button" className="tc-button tc-right" disabled={!prediction} onClick={() => onSay("right", "")}>
          {t("console.right")}
        </button>
      )}
      {design.buttons.includes("picture") && <TakePicture deployment={deployment} />}
    </div>
  );
}

/** Where there is no camera: the tablet's own, or a file. */
function TakePicture({ deployment }: { deployment: string }) {
  const { t } = useTranslation("line");
  const input = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<"idle" | "sending" | "failed">("idle");
  async function send(file: File | undefined) {
    if (!file) return;
    setState("sending");
    try {
      const answer = await fetch(`/api/v1/deployments/${deployment}/predict?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        headers: {
          ...csrfHeaders(),
          "content-type": file.type || "image/jpeg",
          "Idempotency-Key": crypto.randomUUID(),
        },
        body: file,
        signal: AbortSignal.timeout(60_000),
      });
      setState(answer.ok ? "idle" : "failed");
    } catch {
      setState("failed");
    }
  }
  return (
    <>
      <button type="button" className="tc-button tc-take" onClick={() => input.current?.click()}>
        {t(state === "sending" ? "console.sending" : state === "failed" ? "console.sendFailed" : "console.takePicture")}
      </button>
      <input
        ref={input}
        hidden
        type="file"
        accept="image/*"
        capture="environment"
        data-testid="console-picture"
        onChange={(event) => {
          void send(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    </>
  );
}
