import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api, ok } from "../../api/client";
import { useForgetAll } from "../../api/me";
import { ErrorNote } from "../../ui/ErrorNote";
import { LanguageSwitch } from "../../ui/LanguageSwitch";

/** Only addresses of this site: a link must not lead away after signing in. */
export function safeTarget(wanted: string | null): string {
  return wanted?.startsWith("/") && !wanted.startsWith("//") && !wanted.includes("\\") ? wanted : "/";
}

export default function LoginPage() {
  const { t } = useTranslation("people");
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const forget = useForgetAll();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function signIn(values: { email: string; password: string }) {
    setBusy(true);
    setError(null);
    try {
      await ok(api.POST("/api/v1/auth/login", { body: values }));
      forget();
      navigate(safeTarget(params.get("to")), { replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="tg-narrow">
      <h1>通关 Tongguan</h1>
      <h2>{t("login.title")}</h2>
      <Form layout="vertical" onFinish={signIn} requiredMark={false}>
        <Form.Item name="email" label={t("login.email")} rules={[{ required: true }]}>
          <Input autoFocus autoComplete="username" inputMode="email" />
        </Form.Item>
        <Form.Item name="password" label={t("login.password")} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {error !== null && <ErrorNote error={error} />}
        <Button type="primary" htmlType="submit" block loading={busy} style={{ marginTop: 12 }}>
          {t("login.submit")}
        </Button>
      </Form>
      <p className="tg-muted">{t("login.closed")}</p>
      <LanguageSwitch />
    </main>
  );
}
