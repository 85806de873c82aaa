import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { components } from "../../api/schema";
import { ErrorNote } from "../../ui/ErrorNote";
import { usePeopleActions } from "./queries";

type RoleName = components["schemas"]["ProjectRoles"]["roles"][number];
export const ROLE_NAMES: readonly RoleName[] = [
  "manager",
  "trainer",
  "inspector",
  "annotator",
  "engineer",
  "client",
  "operator",
];

interface Values {
  name: string;
  email: string;
  level: number;
  project?: string;
  roles?: RoleName[];
}

/** Invites a colleague into a project with a role; the link is handed to the page, which shows it once. */
export function InviteForm({ onLink }: { onLink: (link: string) => void }) {
  const { t } = useTranslation("people");
  const { t: shell } = useTranslation("shell");
  const me = useMe();
  const { invite } = usePeopleActions();
  const [form] = Form.useForm<Values>();

  function send(values: Values) {
    const projects = values.project ? [{ project_id: values.project, roles: values.roles ?? [] }] : [];
    invite.mutate(
      { name: values.name, email: values.email, level: values.level, org_role: "member", projects },
      {
        onSuccess: (made) => {
          if (made.link) onLink(made.link);
          form.resetFields();
        },
      },
    );
  }

  return (
    <Form form={form} layout="inline" onFinish={send} initialValues={{ level: 1 }} style={{ rowGap: 8 }}>
      <Form.Item name="name" rules={[{ required: true }]}>
        <Input placeholder={t("link.name")} aria-label={t("link.name")} />
      </Form.Item>
      <Form.Item name="email" rules={[{ required: true, type: "email" }]}>
        <Input placeholder={t("login.email")} aria-label={t("login.email")} />
      </Form.Item>
      <Form.Item name="level">
        <Select
          aria-label={t("org.level")}
          style={{ width: 110 }}
          options={[1, 2, 3, 4, 5].map((level) => ({ value: level, label: shell(`level.${level}` as "level.1") }))}
        />
      </Form.Item>
      <Form.Item name="project">
        <Select
          allowClear
          placeholder={t("org.projectRoles")}
          aria-label={t("org.projectRoles")}
          style={{ width: 190 }}
          options={(me.data?.projects ?? []).map((one) => ({ value: one.id, label: one.name }))}
        />
      </Form.Item>
      <Form.Item name="roles">
        <Select
          mode="multiple"
          placeholder={t("org.role")}
          aria-label={t("org.role")}
          style={{ minWidth: 160 }}
          options={ROLE_NAMES.map((role) => ({ value: role, label: shell(`role.${role}`) }))}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={invite.isPending}>
        {t("org.invite")}
      </Button>
      {invite.error && <ErrorNote error={invite.error} />}
    </Form>
  );
}
