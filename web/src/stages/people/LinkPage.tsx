import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { api, ok } from "../../api/client";
import { useForgetAll } from "../../api/me";
import type { components } from "../../api/schema";
import { ErrorNote } from "../../ui/ErrorNote";
import { LanguageSwitch } from "../../ui/LanguageSwitch";

type Wish = Omit<components["schemas"]["LinkIn"], "token">;

/** A one-time link: first start, invitation, reset, sign-in. The token stands behind `#`, unseen by servers. */
export default function LinkPage() {
  const { t } = useTranslation("people");
  const { t: common } = useTranslation();
  const token = useLocation().hash.slice(1);
  const navigate = useNavigate();
  const forget = useForgetAll();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const look = useQuery({
    queryKey: ["people", "link", token],
    queryFn: () => ok(api.POST("/api/v1/auth/link/look", { body: { token } })),
    enabled: token.length > 0,
    retry: false,
    refetchOnWindowFocus: false,
  });

  async function go(values: Wish) {
    setBusy(true);
    setError(null);
    try {
      await ok(api.POST("/api/v1/auth/link", { body: { ...values, token } }));
      forget();
      navigate("/", { replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  const facts = look.data;
  return (
    <main className="tg-narrow">
      <h1>通关 Tongguan</h1>
      {!token && <p>{t("link.missing")}</p>}
      {look.isLoading && <Spin description={common("loading")} />}
      {look.error && (
        <>
          <ErrorNote error={look.error} />
          <p>
            <Link to="/login">{t("login.title")}</Link>
          </p>
        </>
      )}
      {facts && (
        <Form layout="vertical" onFinish={go} requiredMark={false} initialValues={{ name: facts.name ?? "" }}>
          <p>{t(`link.${facts.purpose}`, { name: facts.name ?? "", organization: facts.organization ?? "" })}</p>
          {facts.purpose === "first_start" && (
            <>
              <Form.Item name="organization" label={t("link.organization")} rules={[{ required: true }]}>
                <Input autoFocus />
              </Form.Item>
              <Form.Item name="email" label={t("login.email")} rules={[{ required: true, type: "email" }]}>
                <Input autoComplete="username" inputMode="email" />
              </Form.Item>
            </>
          )}
          {facts.email && <p className="tg-muted">{facts.email}</p>}
          {(facts.purpose === "first_start" || facts.purpose === "invitation") && !facts.known_account && (
            <Form.Item name="name" label={t("link.name")} rules={[{ required: true }]}>
              <Input autoComplete="name" />
            </Form.Item>
          )}
          {facts.needs_password && (
            <Form.Item
              name="password"
              label={t(facts.known_account ? "link.knownPassword" : "link.newPassword")}
              rules={[{ required: true, min: 8 }]}
            >
              <Input.Password autoComplete={facts.known_account ? "current-password" : "new-password"} />
            </Form.Item>
          )}
          {error !== null && <ErrorNote error={error} />}
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t("link.go")}
          </Button>
        </Form>
      )}
      <p>
        <LanguageSwitch />
      </p>
    </main>
  );
}
