import { UploadOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { formatBytes } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useFrozenVersions, useTrainActions } from "./queries";

interface Values {
  engine: string;
  note?: string;
  dataset_version?: number | null;
}

/** Takes a model that was trained elsewhere: its archive, what trained it, and what it learnt from. */
export function RegisterForm({ project }: { project: string }) {
  const { t } = useTranslation("train");
  const navigate = useNavigate();
  const versions = useFrozenVersions(project);
  const { register } = useTrainActions(project);
  const [open, setOpen] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  if (!open) {
    return (
      <Button style={{ marginBottom: 12 }} onClick={() => setOpen(true)}>
        {t("register")}
      </Button>
    );
  }
  return (
    <section className="tg-card" style={{ marginBottom: 12 }} aria-label={t("register")}>
      <h2>{t("register")}</h2>
      <p className="tg-muted">{t("registerHint")}</p>
      <Form<Values>
        layout="vertical"
        onFinish={(values) => {
          if (!file) return;
          const query = {
            engine: values.engine,
            note: values.note ?? "",
            ...(values.dataset_version ? { dataset_version: values.dataset_version } : {}),
          };
          register.mutate({ file, query }, { onSuccess: (made) => navigate(`/projects/${project}/models/${made.id}`) });
        }}
      >
        <Form.Item label={t("archive")} required>
          <Upload
            accept=".zip"
            maxCount={1}
            showUploadList={false}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
          >
            <Button icon={<UploadOutlined />}>
              {file ? `${file.name} (${formatBytes(file.size)})` : t("chooseArchive")}
            </Button>
          </Upload>
        </Form.Item>
        <div className="tg-cards">
          <Form.Item name="engine" label={t("engine")} rules={[{ required: true, message: t("engineNeeded") }]}>
            <Input maxLength={200} placeholder={t("engineExample")} />
          </Form.Item>
          <Form.Item name="dataset_version" label={t("learntFrom")} tooltip={t("learntFromHint")}>
            <Select
              allowClear
              placeholder={t("notSaid")}
              options={versions.data?.map((one) => ({ value: one.number, label: `v${one.number}` })) ?? []}
            />
          </Form.Item>
          <Form.Item name="note" label={t("note")}>
            <Input maxLength={2000} />
          </Form.Item>
        </div>
        <div className="tg-row">
          <Button type="primary" htmlType="submit" disabled={!file} loading={register.isPending}>
            {t("registerIt")}
          </Button>
          <Button type="link" onClick={() => setOpen(false)}>
            {t("cancelForm")}
          </Button>
        </div>
      </Form>
      {register.error && <ErrorNote error={register.error} />}
    </section>
  );
}
