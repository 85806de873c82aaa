import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { setTheme, type ThemeChoice, useTheme } from "./theme";

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { choice } = useTheme();
  return (
    <Segmented<ThemeChoice>
      size="small"
      aria-label={t("theme.label")}
      value={choice}
      onChange={setTheme}
      options={[
        { value: "system", label: t("theme.system") },
        { value: "light", label: t("theme.light") },
        { value: "dark", label: t("theme.dark") },
      ]}
    />
  );
}
