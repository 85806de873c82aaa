import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { useAppeals } from "./queries";

interface Props {
  project: string;
  period: string;
  /** The line concerned; none: the payslip as a whole. */
  line: string | null;
}

/** Says in the reader's own words why a payslip, or one line of it, is wrong. */
export function AppealForm({ project, period, line }: Props) {
  const { t } = useTranslation("settle");
  const { t: common } = useTranslation();
  const { file } = useAppeals(project);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  if (file.isSuccess) return <span className="tg-muted">{t("appeal.filed")}</span>;
  if (!open) {
    return (
      <Button size="small" onClick={() => setOpen(true)}>
        {t(line ? "appeal.line" : "appeal.whole")}
      </Button>
    );
  }
  return (
    <div className="tg-stack">
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2 }}
        maxLength={2000}
        value={text}
        placeholder={t("appeal.hint")}
        aria-label={t("appeal.hint")}
        onChange={(event) => setText(event.target.value)}
      />
      {file.error && <ErrorNote error={file.error} />}
      <div className="tg-row">
        <Button
          type="primary"
          size="small"
          disabled={!text.trim()}
          loading={file.isPending}
          onClick={() => file.mutate({ period, line, text: text.trim() })}
        >
          {t("appeal.send")}
        </Button>
        <Button size="small" onClick={() => setOpen(false)}>
          {common("cancel")}
        </Button>
      </div>
    </div>
  );
}
