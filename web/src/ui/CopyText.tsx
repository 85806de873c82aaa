import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** A secret or link that is shown once, with a button that copies it. */
export function CopyText({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <div className="tg-row tg-note">
      {label && <strong style={{ width: "100%" }}>{label}</strong>}
      <code style={{ overflowWrap: "anywhere", flex: 1 }}>{text}</code>
      <Button
        size="small"
        onClick={() => {
          navigator.clipboard?.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          );
        }}
      >
        {copied ? t("copied") : t("copy")}
      </Button>
    </div>
  );
}
