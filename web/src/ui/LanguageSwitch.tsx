import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { currentLanguage, setLanguage } from "../i18n";

export function LanguageSwitch() {
  const { t } = useTranslation();
  const other = currentLanguage() === "zh" ? "en" : "zh";
  return (
    <Button type="text" size="small" aria-label={t("language")} onClick={() => void setLanguage(other)}>
      中 / EN
    </Button>
  );
}
