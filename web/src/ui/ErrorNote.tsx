import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useErrorText } from "./useErrorText";

/** What happened, what to do, a code to quote. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { text, code } = useErrorText(error);
  return (
    <div className="tg-note tg-note-bad" role="alert">
      <div>{text}</div>
      {code && <div className="tg-muted">{code}</div>}
      {onRetry && (
        <Button size="small" onClick={onRetry} style={{ marginTop: 8 }}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}
