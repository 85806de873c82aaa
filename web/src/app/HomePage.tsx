import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "../ui/LanguageSwitch";
import { ThemeSwitch } from "../ui/ThemeSwitch";

export default function HomePage() {
  const { t } = useTranslation();
  return (
    <main className="tg-page">
      <h1>{t("product")}</h1>
      <div className="tg-row">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  );
}
