import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, theme as antTheme, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/errors";
import { useTheme } from "../ui/theme";
import { antTokens } from "../ui/tokens";

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => error instanceof ApiError && error.transient && count < 3,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
    mutationCache: new MutationCache(),
  });
}

/** Data, language, theme: everything a page may count on being around it. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  const { i18n } = useTranslation();
  const { resolved } = useTheme();

  useEffect(() => {
    document.documentElement.dataset.theme = resolved;
  }, [resolved]);

  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        locale={i18n.language === "en" ? enUS : zhCN}
        button={{ autoInsertSpace: false }}
        theme={{
          algorithm: resolved === "dark" ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
          ...antTokens(resolved),
        }}
      >
        <AntApp component={false}>{children}</AntApp>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
