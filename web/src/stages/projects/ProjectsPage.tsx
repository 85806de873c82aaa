import { Button, Form, Input, Modal, Spin, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useMe } from "../../api/me";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectActions, useProjects } from "./queries";
import "./projects.css";

export default function ProjectsPage() {
  const { t } = useTranslation("projects");
  const { t: shell } = useTranslation("shell");
  const me = useMe();
  const projects = useProjects();
  const [open, setOpen] = useState(false);
  const owner = me.data?.org_role === "owner";
  const create = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t("create")}
    </Button>
  );

  return (
    <div className="tg-page">
      {projects.isPending && <Spin />}
      {projects.error && <ErrorNote error={projects.error} onRetry={() => projects.refetch()} />}
      {projects.data?.length === 0 && (
        <EmptyState
          title={t("none")}
          hint={owner ? t("noneHint") : t("noneMember")}
          action={owner && create}
          example={owner && <p className="tg-muted">{t("example")}</p>}
        />
      )}
      {projects.data && projects.data.length > 0 && (
        <>
          <div className="tg-row tg-between">
            <h1>{t("title")}</h1>
            {owner && create}
          </div>
          <div className="tg-cards">
            {projects.data.map((project) => (
              <Link key={project.id} to={`/projects/${project.id}`} className="tg-card tg-project">
                <h2>{project.name}</h2>
                <p className="tg-muted">{project.description}</p>
                <div className="tg-row">
                  {project.state !== "active" && <Tag>{t(project.state as "paused")}</Tag>}
                  {project.roles.map((role) => (
                    <Tag key={role}>{shell(`role.${role}` as "role.owner")}</Tag>
                  ))}
                </div>
              </Link>
            ))}
          </div>
        </>
      )}
      <CreateProject open={open} onClose={() => setOpen(false)} />
    </div>
  );
}

function CreateProject({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation("projects");
  const navigate = useNavigate();
  const { create } = useProjectActions("");
  const [form] = Form.useForm<{ name: string; description?: string }>();
  return (
    <Modal
      open={open}
      onCancel={onClose}
      title={t("create")}
      okText={t("create")}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(values) =>
          create.mutate(
            { name: values.name, description: values.description ?? "", media: "image" },
            { onSuccess: (made) => navigate(`/projects/${made.id}`) },
          )
        }
      >
        <Form.Item name="name" label={t("name")} rules={[{ required: true }]}>
          <Input placeholder={t("example")} maxLength={120} autoFocus />
        </Form.Item>
        <Form.Item name="description" label={t("description")}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
        {create.error && <ErrorNote error={create.error} />}
      </Form>
    </Modal>
  );
}
