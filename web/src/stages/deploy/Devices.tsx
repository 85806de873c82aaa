import { Button, Form, Input, InputNumber, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { CopyText } from "../../ui/CopyText";
import { ErrorNote } from "../../ui/ErrorNote";
import { useDeployActions, useDevices } from "./queries";

/** Programs that ask; the token is shown once, when the device is made. */
export function Devices({ project, deployment }: { project: string; deployment: string }) {
  const { t } = useTranslation("line");
  const devices = useDevices(project, deployment);
  const { addDevice, revokeDevice } = useDeployActions(project);
  const [token, setToken] = useState<string | null>(null);
  const error = devices.error ?? addDevice.error ?? revokeDevice.error;
  const address = `${window.location.origin}/api/v1/deployments/${deployment}/predict`;
  return (
    <>
      {error && <ErrorNote error={error} />}
      <Form<{ name: string; per_minute: number }>
        layout="inline"
        style={{ rowGap: 8, marginBottom: 12 }}
        initialValues={{ per_minute: 1200 }}
        onFinish={(body) =>
          addDevice.mutate({ id: deployment, body }, { onSuccess: (made) => setToken(made.token ?? null) })
        }
      >
        <Form.Item name="name" label={t("device.name")} rules={[{ required: true, message: t("nameNeeded") }]}>
          <Input maxLength={80} placeholder={t("device.example")} />
        </Form.Item>
        <Form.Item name="per_minute" label={t("device.perMinute")}>
          <InputNumber min={1} max={60000} />
        </Form.Item>
        <Button htmlType="submit" loading={addDevice.isPending}>
          {t("device.add")}
        </Button>
      </Form>
      {token && (
        <div className="tg-note" style={{ marginBottom: 12 }}>
          <div>{t("device.once")}</div>
          <CopyText text={token} />
          <pre style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {`curl -H "Authorization: Bearer ${token}" -H "Content-Type: image/jpeg" --data-binary @plate.jpg "${address}?name=plate.jpg"`}
          </pre>
        </div>
      )}
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={devices.data ?? []}
        columns={[
          { title: t("device.name"), dataIndex: "name" },
          { title: t("device.token"), dataIndex: "hint", render: (hint: string) => `${hint}…` },
          { title: t("device.perMinute"), dataIndex: "per_minute" },
          {
            title: t("device.seen"),
            dataIndex: "last_seen_at",
            render: (at: string | null) => (at ? formatDateTime(at) : "–"),
          },
          {
            key: "end",
            render: (_, row) =>
              row.revoked_at ? (
                <Tag>{t("device.revoked")}</Tag>
              ) : (
                <Button size="small" danger onClick={() => revokeDevice.mutate({ id: deployment, device: row.id })}>
                  {t("device.revoke")}
                </Button>
              ),
          },
        ]}
      />
    </>
  );
}
