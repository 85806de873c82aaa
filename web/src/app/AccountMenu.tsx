import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, ok } from "../api/client";
import { type Me, useForgetAll } from "../api/me";
import { currentLanguage, setLanguage } from "../i18n";
import { setTheme, type ThemeChoice, useTheme } from "../ui/theme";

/** Language, light or dark, account, sign out. */
export function AccountMenu({ me }: { me: Me }) {
  const { t } = useTranslation("shell");
  const { t: common } = useTranslation();
  const { choice } = useTheme();
  const navigate = useNavigate();
  const forget = useForgetAll();
  const themes: ThemeChoice[] = ["system", "light", "dark"];

  async function signOut() {
    await ok(api.POST("/api/v1/auth/logout"));
    forget();
    navigate("/login");
  }

  return (
    <div className="tg-row tg-account">
      <Button
        type="text"
        aria-label={common("language")}
        onClick={() => setLanguage(currentLanguage() === "zh" ? "en" : "zh")}
      >
        中 / EN
      </Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "me", label: t("account"), onClick: () => navigate("/me") },
            {
              key: "theme",
              label: common("theme.label"),
              children: themes.map((one) => ({
                key: one,
                label: `${one === choice ? "✓ " : ""}${common(`theme.${one}`)}`,
                onClick: () => setTheme(one),
              })),
            },
            { type: "divider" },
            { key: "out", label: t("signOut"), onClick: signOut },
          ],
        }}
      >
        <Button type="text">{me.name}</Button>
      </Dropdown>
    </div>
  );
}
