import { Button, Popconfirm, Switch, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { CopyText } from "../../ui/CopyText";
import { ErrorNote } from "../../ui/ErrorNote";
import { Deliveries } from "./Deliveries";
import { HookForm } from "./HookForm";
import { eventKey } from "./names";
import { type Hook, useHookActions, useHooks, useScope } from "./queries";

/** Where this project (or the whole organization) tells others what happened. */
export default function ConnectionsPage() {
  const { t } = useTranslation("connect");
  const scope = useScope();
  const hooks = useHooks(scope);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <div className="tg-page" style={{ maxWidth: 1100 }}>
      <h1>{t(scope ? "title" : "orgTitle")}</h1>
      <p className="tg-muted">{t(scope ? "intro" : "orgIntro")}</p>
      {hooks.error && <ErrorNote error={hooks.error} />}
      {secret && <CopyText text={secret} label={t("secretOnce")} />}
      {(hooks.data ?? []).map((hook) => (
        <HookCard key={hook.id} scope={scope} hook={hook} onSecret={setSecret} />
      ))}
      <HookForm scope={scope} onMade={(made) => setSecret(made.secret)} />
    </div>
  );
}

interface CardProps {
  scope: string | null;
  hook: Hook;
  onSecret: (secret: string | null) => void;
}

function HookCard({ scope, hook, onSecret }: CardProps) {
  const { t } = useTranslation("connect");
  const { t: common } = useTranslation();
  const actions = useHookActions(scope);
  const [open, setOpen] = useState(false);
  const error = actions.change.error ?? actions.remove.error ?? actions.renew.error ?? actions.test.error;
  return (
    <section className="tg-card" style={{ marginBottom: 12 }}>
      <div className="tg-row tg-between">
        <h2 style={{ margin: 0 }}>
          {hook.name} <Tag>{t(`kind.${hook.kind}`)}</Tag>
          {hook.failed > 0 && <Tag color="red">{t("failedCount", { count: hook.failed })}</Tag>}
          {hook.waiting > 0 && <Tag color="orange">{t("waitingCount", { count: hook.waiting })}</Tag>}
        </h2>
        <Switch
          checked={hook.active}
          aria-label={`${hook.name} ${t("active")}`}
          checkedChildren={t("on")}
          unCheckedChildren={t("off")}
          onChange={(active) => actions.change.mutate({ id: hook.id, active })}
        />
      </div>
      <p style={{ overflowWrap: "anywhere" }}>
        <code>{hook.address}</code>
        {!hook.signed && hook.kind !== "wecom" && <span className="tg-muted"> · {t("unsigned")}</span>}
      </p>
      <p>
        {hook.events.map((event) => (
          <Tag key={event}>{t(`event.${eventKey(event)}`)}</Tag>
        ))}
      </p>
      <p className="tg-muted">
        {hook.last
          ? t("last", {
              at: formatDateTime(hook.last.at),
              event: t(`event.${eventKey(hook.last.event)}`),
              state: t(`state.${hook.last.state}`),
            })
          : t("noDeliveries")}
      </p>
      <div className="tg-row">
        <Button
          size="small"
          loading={actions.test.isPending}
          onClick={() => actions.test.mutate(hook.id, { onSuccess: () => setOpen(true) })}
        >
          {t("test")}
        </Button>
        <Button size="small" onClick={() => setOpen(!open)}>
          {t(open ? "hideDeliveries" : "deliveries")}
        </Button>
        {hook.kind === "generic" && (
          <Popconfirm
            title={t("renewAsk")}
            okText={t("renew")}
            cancelText={common("cancel")}
            onConfirm={() => actions.renew.mutate(hook.id, { onSuccess: (made) => onSecret(made.secret) })}
          >
            <Button size="small">{t("renew")}</Button>
          </Popconfirm>
        )}
        <Popconfirm
          title={t("removeAsk", { waiting: hook.waiting })}
          okText={t("remove")}
          cancelText={common("cancel")}
          onConfirm={() => actions.remove.mutate(hook.id)}
        >
          <Button size="small" danger>
            {t("remove")}
          </Button>
        </Popconfirm>
      </div>
      {error && <ErrorNote error={error} />}
      {open && <Deliveries scope={scope} hook={hook} />}
    </section>
  );
}
