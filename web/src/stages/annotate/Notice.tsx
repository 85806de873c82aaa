import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { adoptKept, type Kept } from "./drafts";
import type { LabelSession } from "./session";
import { reasonText } from "./words";

interface Props {
  session: LabelSession;
  kept: readonly Kept[];
  refresh: () => void;
}

/** The one line above the picture that matters most now; null when there is nothing to say. */
export function useNotice({ session, kept, refresh }: Props): ReactNode {
  const { t } = useTranslation("label");
  const [failed, setFailed] = useState("");
  const { open, lost, takenBack } = session;
  if (!open) return null;
  const draft = kept.find((one) => one.task === open.work.task_id && one.usable);
  const adopt = async (one: Kept) => {
    const done = await adoptKept(session, one).then(
      () => true,
      () => false,
    );
    setFailed(done ? "" : open.work.lease_id);
    refresh();
  };
  if (lost) {
    return (
      <div className="tl-notice" role="alert">
        <span>{t("notice.lost", { reason: reasonText(lost) })}</span>
        {failed === open.work.lease_id && <span className="te-warn">{t("notice.tooLate")}</span>}
        {draft && (
          <button type="button" className="te-button" onClick={() => void adopt(draft)}>
            {t("notice.goOnDraft")}
          </button>
        )}
        <button type="button" className="te-button te-primary" onClick={() => void session.goOn()}>
          {t("notice.nextItem")}
        </button>
      </div>
    );
  }
  if (takenBack) {
    const { name, reason } = takenBack;
    return (
      <div className="tl-notice">
        <span>{t("notice.takenBack", { name, reason: reasonText(reason) })}</span>
        <button type="button" className="te-link" onClick={() => session.note({ takenBack: null })}>
          {t("close")}
        </button>
      </div>
    );
  }
  if (draft) {
    return (
      <div className="tl-notice">
        <span>{t("notice.keptDraft")}</span>
        <button type="button" className="te-button" onClick={() => void adopt(draft)}>
          {t("notice.useDraft")}
        </button>
      </div>
    );
  }
  if (session.newerRules) return t("notice.newerRules", { number: open.rules.number });
  if (open.restored > 0) return t("notice.restored", { count: open.restored });
  return null;
}
