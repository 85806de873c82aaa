import { Button, Form, Input, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import { formatDateTime } from "../../i18n/format";
import { CopyText } from "../../ui/CopyText";
import { ErrorNote } from "../../ui/ErrorNote";
import { usePeopleActions, useSessions, useTokens } from "./queries";

/** The own account: name, password, tokens for programs, browsers that are signed in. */
export default function MePage() {
  const { t } = useTranslation("people");
  const { t: common } = useTranslation();
  const { t: keys } = useTranslation("keys");
  const { t: shell } = useTranslation("shell");
  const me = useMe();
  const tokens = useTokens();
  const sessions = useSessions();
  const actions = usePeopleActions();
  const [secret, setSecret] = useState<string | null>(null);
  if (!me.data) return null;
  return (
    <div className="tg-page" style={{ maxWidth: 860 }}>
      <h1>{t("me.title")}</h1>
      <section className="tg-card">
        <h2>{t("me.profile")}</h2>
        <p className="tg-muted">
          {me.data.email} · {t("me.level")} {shell(`level.${me.data.level}` as "level.1")}
        </p>
        <Form
          layout="inline"
          initialValues={{ name: me.data.name }}
          onFinish={(values: { name: string }) => actions.changeMe.mutate({ name: values.name })}
        >
          <Form.Item name="name" rules={[{ required: true }]}>
            <Input aria-label={t("link.name")} maxLength={80} />
          </Form.Item>
          <Button htmlType="submit">{common("save")}</Button>
        </Form>
      </section>
      <section className="tg-card" style={{ marginTop: 14 }}>
        <h2>{keys("own")}</h2>
        <p className="tg-muted">{keys("ownHint")}</p>
        <Link to="/me/keys">{keys("ownLink")}</Link>
      </section>
      <section className="tg-card" style={{ marginTop: 14 }}>
        <h2>{t("me.changePassword")}</h2>
        <Form
          layout="inline"
          style={{ rowGap: 8 }}
          onFinish={(values: { old: string; next: string }) =>
            actions.changePassword.mutate({ old: values.old, new: values.next })
          }
        >
          <Form.Item name="old">
            <Input.Password placeholder={t("me.old")} aria-label={t("me.old")} autoComplete="current-password" />
          </Form.Item>
          <Form.Item name="next" rules={[{ required: true, min: 8 }]}>
            <Input.Password
              placeholder={t("link.newPassword")}
              aria-label={t("link.newPassword")}
              autoComplete="new-password"
            />
          </Form.Item>
          <Button htmlType="submit">{common("save")}</Button>
        </Form>
        {actions.changePassword.isSuccess && <p>{t("me.changed")}</p>}
        {actions.changePassword.error && <ErrorNote error={actions.changePassword.error} />}
      </section>
      <section className="tg-card" style={{ marginTop: 14 }}>
        <h2>{t("me.tokens")}</h2>
        <p className="tg-muted">{t("me.tokensHint")}</p>
        {secret && (
          <>
            <p>{t("me.shownOnce")}</p>
            <CopyText text={secret} />
          </>
        )}
        <Form
          layout="inline"
          onFinish={(values: { name: string }) =>
            actions.createToken.mutate(values.name, { onSuccess: (made) => setSecret(made.token ?? null) })
          }
        >
          <Form.Item name="name" rules={[{ required: true }]}>
            <Input placeholder={t("me.tokenName")} aria-label={t("me.tokenName")} maxLength={80} />
          </Form.Item>
          <Button htmlType="submit">{t("me.makeToken")}</Button>
        </Form>
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={tokens.data ?? []}
          columns={[
            { title: t("me.tokenName"), dataIndex: "name" },
            { title: "", dataIndex: "hint", render: (hint: string) => `…${hint}` },
            {
              title: t("me.lastUsed"),
              dataIndex: "last_used_at",
              render: (at: string | null) => (at ? formatDateTime(at) : t("me.never")),
            },
            {
              title: t("me.expires"),
              dataIndex: "expires_at",
              render: (at: string | null) => (at ? formatDateTime(at) : t("me.never")),
            },
            {
              key: "revoke",
              render: (_: unknown, row: { id: string }) => (
                <Button size="small" onClick={() => actions.revokeToken.mutate(row.id)}>
                  {t("me.revoke")}
                </Button>
              ),
            },
          ]}
        />
      </section>
      <section className="tg-card" style={{ marginTop: 14 }}>
        <h2>{t("me.sessions")}</h2>
        <ul className="tg-plain">
          {(sessions.data ?? []).map((one) => (
            <li key={one.id} className="tg-row">
              <span>
                {one.agent.slice(0, 60) || "–"} · {one.address} · {formatDateTime(one.last_seen_at)}
              </span>
              {one.current ? (
                <span className="tg-muted">{t("me.current")}</span>
              ) : (
                <Button size="small" onClick={() => actions.endSession.mutate(one.id)}>
                  {t("me.end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
