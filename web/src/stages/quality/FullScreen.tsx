import { theme as antTheme, ConfigProvider, Spin } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation } from "react-router";
import { ApiError } from "../../api/errors";
import { useMe } from "../../api/me";
import { ErrorNote } from "../../ui/ErrorNote";
import { antTokens } from "../../ui/tokens";
import "./quality.css";

/** The whole window for work on pictures, dark; somebody who isn't signed in goes to sign in and comes back. */
export function FullScreen({ children }: { children: ReactNode }) {
  const { t } = useTranslation("shell");
  const me = useMe();
  const place = useLocation();
  if (me.error instanceof ApiError && me.error.status === 401) {
    return <Navigate to={`/login?to=${encodeURIComponent(place.pathname + place.search)}`} replace />;
  }
  return (
    <ConfigProvider theme={{ algorithm: antTheme.darkAlgorithm, ...antTokens("dark") }}>
      <div className="tg-dark">
        {me.isPending && <Spin style={{ margin: "40vh auto", display: "block" }} description={t("signingIn")} />}
        {me.error && <ErrorNote error={me.error} onRetry={() => me.refetch()} />}
        {me.data && children}
      </div>
    </ConfigProvider>
  );
}
