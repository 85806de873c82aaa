import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** A long hash, short; the whole of it goes to the clipboard. */
export function CopyHash({ hash }: { hash: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard?.writeText(hash).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <span className="tg-hash" title={hash}>
      <code>{hash.slice(0, 12)}</code>
      <Button size="small" type="text" onClick={copy}>
        {copied ? t("copied") : t("copy")}
      </Button>
    </span>
  );
}
