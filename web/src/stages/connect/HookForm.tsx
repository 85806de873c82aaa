import { Button, Checkbox, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { EVENTS, eventKey, KINDS, OWN_SECRET } from "./names";
import { type HookWish, type MadeHook, useHookActions } from "./queries";

const START: Partial<HookWish> = { kind: "generic", language: "zh", events: ["gate.changed", "alarm.opened"] };

/** Asks for what a new connection needs; a robot also for the secret of its own page. */
export function HookForm({ scope, onMade }: { scope: string | null; onMade: (made: MadeHook) => void }) {
  const { t } = useTranslation("connect");
  const [form] = Form.useForm<HookWish>();
  const kind = Form.useWatch("kind", form) ?? "generic";
  const { create } = useHookActions(scope);
  return (
    <Form<HookWish>
      form={form}
      layout="vertical"
      initialValues={START}
      className="tg-card"
      onFinish={(wish) =>
        create.mutate(clean(wish), {
          onSuccess: (made) => {
            form.resetFields();
            onMade(made);
          },
        })
      }
    >
      <h2>{t("add")}</h2>
      <Form.Item name="kind" label={t("kindLabel")}>
        <Radio.Group
          optionType="button"
          options={KINDS.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
          style={{ flexWrap: "wrap" }}
        />
      </Form.Item>
      <p className="tg-muted">{t(`hint.${kind}`)}</p>
      <div className="tg-fields">
        <Form.Item name="name" label={t("name")} rules={[{ required: true }]}>
          <Input maxLength={80} placeholder={t("nameExample")} />
        </Form.Item>
        <Form.Item name="language" label={t("language")}>
          <Select
            options={[
              { value: "zh", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
        </Form.Item>
      </div>
      <Form.Item name="url" label={t("url")} rules={[{ required: true }]}>
        <Input maxLength={2000} placeholder="https://" inputMode="url" />
      </Form.Item>
      {OWN_SECRET.includes(kind) && (
        <Form.Item name="secret" label={t("robotSecret")} extra={t("robotSecretHint")}>
          <Input.Password maxLength={200} autoComplete="off" />
        </Form.Item>
      )}
      <Form.Item name="events" label={t("events")} rules={[{ required: true, type: "array", min: 1 }]}>
        <Checkbox.Group options={EVENTS.map((one) => ({ value: one, label: t(`event.${eventKey(one)}`) }))} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={create.isPending}>
        {t("connect")}
      </Button>
      {create.error && <ErrorNote error={create.error} />}
    </Form>
  );
}

/** A generic hook gets its secret from the server; an empty one is none. */
function clean({ secret, ...wish }: HookWish): HookWish {
  return wish.kind !== "generic" && secret ? { ...wish, secret } : wish;
}
