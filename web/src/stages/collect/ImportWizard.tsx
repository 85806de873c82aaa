import { Button, Drawer, Form, Input, Radio, Select } from "antd";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { GroupRule } from "./GroupRule";
import { type NewBatch, useDataActions } from "./queries";
import { UploadPanel } from "./UploadPanel";
import { UploadQueue } from "./upload";

type Source = NewBatch["source"];
const SOURCES: readonly Source[] = ["upload", "folder", "archive", "s3", "list"];
const FORMATS = ["auto", "none", "coco", "voc", "yolo", "class-folders", "csv"];
const EXAMPLE: Partial<Record<Source, string>> = {
  folder: "/srv/import/line1-2026-11",
  archive: "/srv/import/line1-2026-11.zip",
  s3: "s3://bucket/line1/2026-11",
  list: "/srv/import/",
};
/** Only these can be referred to; the bytes of others are copied. */
const REFERABLE: readonly Source[] = ["folder", "s3", "list"];

interface Values {
  location?: string;
  mode: "copy" | "reference";
  format: string;
  name?: string;
  licence?: string;
  consent?: string;
  provenance?: string;
  group_rule: string;
  read: "now" | "later";
}

interface Props {
  project: string;
  onClose: () => void;
  onStarted: () => void;
}

/** One import: where the files are, how they are taken, under which terms, and what belongs together. */
export function ImportWizard({ project, onClose, onStarted }: Props) {
  const { t } = useTranslation("collect");
  const [form] = Form.useForm<Values>();
  const [source, setSource] = useState<Source>("upload");
  const { startImport } = useDataActions(project);
  const queue = useMemo(() => new UploadQueue(project), [project]);
  const uploads = useSyncExternalStore(queue.subscribe, queue.list);
  useEffect(() => {
    void queue.recall();
    return () => queue.close();
  }, [queue]);
  const mode = Form.useWatch("mode", form) ?? "copy";

  const uses = source === "upload" || source === "list";
  const stored = uploads.filter((entry) => entry.state === "stored");
  const underWay = uploads.filter((entry) => entry.state !== "stored" && entry.state !== "missing").length;
  const ready = !uses || (stored.length > 0 && underWay === 0 && (source !== "list" || stored.length === 1));

  const start = (values: Values) => {
    const { location = "", read, ...rest } = values;
    const referable = REFERABLE.includes(source);
    startImport.mutate(
      {
        name: "",
        licence: "",
        consent: "",
        provenance: "",
        ...rest,
        source,
        location: source === "upload" ? "" : location.trim(),
        upload_ids: uses ? stored.flatMap((entry) => entry.id ?? []) : [],
        mode: referable ? rest.mode : "copy",
        read: !(referable && rest.mode === "reference" && read === "later"),
      },
      {
        onSuccess: () => {
          if (uses) queue.forget(stored.map((entry) => entry.key));
          onStarted();
        },
      },
    );
  };

  return (
    <Drawer
      open
      onClose={onClose}
      size="min(640px, 100vw)"
      title={t("wizard.title")}
      footer={
        <div className="tg-row">
          <Button type="primary" disabled={!ready} loading={startImport.isPending} onClick={() => form.submit()}>
            {t("wizard.start")}
          </Button>
          <span className="tg-muted">
            {uses && underWay > 0 ? t("wizard.underWay") : uses && !ready ? t("wizard.choose") : t("wizard.goesOn")}
          </span>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ mode: "copy", format: "auto", group_rule: "none", read: "now" }}
        onFinish={start}
      >
        <Form.Item label={t("wizard.where")}>
          <Radio.Group
            optionType="button"
            value={source}
            onChange={(event) => setSource(event.target.value as Source)}
            options={SOURCES.map((one) => ({ value: one, label: t(`source.${one}`) }))}
          />
          <div className="tg-muted" style={{ marginTop: 6 }}>
            {t(`sourceHint.${source}`)}
          </div>
        </Form.Item>
        {uses && <UploadPanel queue={queue} entries={uploads} list={source === "list"} />}
        {source !== "upload" && (
          <Form.Item
            name="location"
            label={t(source === "list" ? "wizard.base" : "wizard.location")}
            rules={source === "list" ? [] : [{ required: true, message: t("wizard.locationMissing") }]}
          >
            <Input placeholder={EXAMPLE[source] ?? ""} maxLength={2000} />
          </Form.Item>
        )}
        {REFERABLE.includes(source) && (
          <Form.Item name="mode" label={t("wizard.mode")} extra={t(`modeHint.${mode}`)}>
            <Radio.Group
              options={(["copy", "reference"] as const).map((one) => ({ value: one, label: t(`mode.${one}`) }))}
            />
          </Form.Item>
        )}
        {REFERABLE.includes(source) && mode === "reference" && (
          <Form.Item name="read" label={t("wizard.read")}>
            <Radio.Group
              options={(["now", "later"] as const).map((one) => ({ value: one, label: t(`wizard.read_${one}`) }))}
            />
          </Form.Item>
        )}
        <Form.Item name="format" label={t("wizard.format")} extra={t("wizard.formatHint")}>
          <Select options={FORMATS.map((one) => ({ value: one, label: t(`format.${one}` as "format.auto") }))} />
        </Form.Item>
        <Form.Item name="name" label={t("wizard.name")}>
          <Input maxLength={200} placeholder={t("wizard.nameHint")} />
        </Form.Item>
        <div className="tg-fields tg-fields-wide">
          <Form.Item name="licence" label={t("wizard.licence")}>
            <Input maxLength={500} placeholder={t("wizard.licenceHint")} />
          </Form.Item>
          <Form.Item name="consent" label={t("wizard.consent")}>
            <Input maxLength={500} placeholder={t("wizard.consentHint")} />
          </Form.Item>
        </div>
        <Form.Item name="provenance" label={t("wizard.provenance")}>
          <Input.TextArea
            maxLength={2000}
            autoSize={{ minRows: 1, maxRows: 4 }}
            placeholder={t("wizard.provenanceHint")}
          />
        </Form.Item>
        <Form.Item name="group_rule" label={t("wizard.group")} extra={t("wizard.groupHint")}>
          <GroupRule example={uploads[0]?.name} />
        </Form.Item>
      </Form>
      {startImport.error && <ErrorNote error={startImport.error} />}
    </Drawer>
  );
}
