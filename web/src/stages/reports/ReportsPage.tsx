import { Button, Form, InputNumber, Select, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { formatBytes, formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { type Report, type ReportWish, useMakeReport, useReports } from "./queries";

const FORMATS = ["html", "docx", "pdf"] as const;
const COLOURS = { queued: "blue", done: "green", failed: "red" } as const;

/** Reports of the project and of its evaluations: made from what is so now, and frozen. */
export default function ReportsPage() {
  const { t, i18n } = useTranslation("reports");
  const project = useProjectId();
  const reports = useReports(project);
  const make = useMakeReport(project);
  const [form] = Form.useForm<ReportWish>();
  const subject = Form.useWatch("subject", form) ?? "project";
  return (
    <div className="tg-page" style={{ maxWidth: 1000 }}>
      <h1>{t("title")}</h1>
      <p className="tg-muted">{t("intro")}</p>
      <Form<ReportWish>
        form={form}
        layout="inline"
        className="tg-card"
        style={{ rowGap: 8 }}
        initialValues={{ subject: "project", language: i18n.language.startsWith("en") ? "en" : "zh" }}
        onFinish={(wish) => make.mutate(wish)}
      >
        <Form.Item name="subject" label={t("subject")}>
          <Select
            style={{ width: 130 }}
            options={(["project", "evaluation"] as const).map((one) => ({ value: one, label: t(`of.${one}`) }))}
          />
        </Form.Item>
        {subject === "evaluation" && (
          <Form.Item name="evaluation" label={t("evaluation")} rules={[{ required: true }]}>
            <InputNumber min={1} precision={0} />
          </Form.Item>
        )}
        <Form.Item name="language" label={t("language")}>
          <Select
            style={{ width: 110 }}
            options={[
              { value: "zh", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t("make")}
        </Button>
      </Form>
      {make.error && <ErrorNote error={make.error} />}
      {reports.error && <ErrorNote error={reports.error} />}
      <Table<Report>
        size="small"
        rowKey="id"
        style={{ marginTop: 14 }}
        pagination={false}
        scroll={{ x: "max-content" }}
        loading={reports.isPending}
        dataSource={reports.data ?? []}
        locale={{ emptyText: t("none") }}
        columns={[
          { title: t("number"), dataIndex: "number", render: (number: number) => `#${number}` },
          {
            title: t("subject"),
            key: "subject",
            render: (_, row) => `${t(`of.${row.subject}`)}${row.evaluation ? ` #${row.evaluation}` : ""}`,
          },
          {
            title: t("stateLabel"),
            key: "state",
            render: (_, row) => (
              <>
                <Tag color={COLOURS[row.state]}>{t(`state.${row.state}`)}</Tag>
                {row.costs && <Tag>{t("costs")}</Tag>}
              </>
            ),
          },
          {
            title: t("madeAt"),
            dataIndex: "made_at",
            render: (at: string | null) => (at ? formatDateTime(at) : "–"),
          },
          { title: t("files"), key: "files", render: (_, row) => <Files row={row} /> },
        ]}
      />
    </div>
  );
}

function Files({ row }: { row: Report }) {
  const { t } = useTranslation("reports");
  const { t: errors } = useTranslation("errors");
  const said = (error: unknown) => {
    const { code, message, params } = error as { code: string; message: string; params?: Record<string, unknown> };
    return errors(code as "network", { ...params, defaultValue: message });
  };
  if (row.state === "failed") return <span>{row.error ? said(row.error) : "–"}</span>;
  return (
    <div className="tg-row">
      {FORMATS.map((format) => {
        const file = row.files?.[format];
        if (file?.url) {
          return (
            <a key={format} href={file.url} {...(format === "html" ? { target: "_blank", rel: "noreferrer" } : {})}>
              {t(`format.${format}`)} <span className="tg-muted">{formatBytes(file.size ?? 0)}</span>
            </a>
          );
        }
        return file?.error ? (
          <span key={format} className="tg-muted" style={{ maxWidth: 320, whiteSpace: "normal" }}>
            {said(file.error)}
          </span>
        ) : null;
      })}
    </div>
  );
}
