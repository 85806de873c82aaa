import type { ThemeConfig } from "antd";
import type { ResolvedTheme } from "./theme";

/** Colours, sizes and motion given to Ant Design; `base.css` holds the same for our own parts. */
export function antTokens(theme: ResolvedTheme): Pick<ThemeConfig, "token" | "components"> {
  const dark = theme === "dark";
  return {
    token: {
      colorPrimary: dark ? "#3b8bea" : "#0f6cd6",
      colorSuccess: dark ? "#4cc38a" : "#198754",
      colorWarning: dark ? "#e0a13a" : "#b26a00",
      colorError: dark ? "#f2706b" : "#c0302b",
      colorBgLayout: dark ? "#11151a" : "#f5f7fa",
      colorBgContainer: dark ? "#1b1f26" : "#ffffff",
      borderRadius: 8,
      fontSize: 14,
      motionDurationFast: "0.05s",
      motionDurationMid: "0.1s",
      motionDurationSlow: "0.14s",
      fontFamily:
        'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
    },
    components: { Table: { cellPaddingBlock: 8 }, Button: { fontWeight: 600 } },
  };
}
