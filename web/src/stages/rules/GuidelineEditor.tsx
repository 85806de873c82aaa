import { Input } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

const Markdown = lazy(() => import("../../ui/Markdown"));

/** Markdown at the left, as people will read it at the right. */
export function GuidelineEditor({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation("rules");
  return (
    <>
      <h2>{t("guideline")}</h2>
      <div className="tg-two-equal">
        <Input.TextArea
          value={value}
          maxLength={200_000}
          autoSize={{ minRows: 16, maxRows: 30 }}
          aria-label={t("guideline")}
          placeholder={t("guidelineHint")}
          style={{ fontFamily: "monospace" }}
          onChange={(event) => onChange(event.target.value)}
        />
        <div className="tg-prose">
          <Suspense fallback={null}>
            <Markdown>{value}</Markdown>
          </Suspense>
        </div>
      </div>
    </>
  );
}
