import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { localized } from "../../i18n/localized";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useRuleActions, useTemplates } from "./queries";

/** No rules yet: what they are, and rules of an industry to start from. */
export function StartRules({
  project,
  writes,
  onStarted,
}: {
  project: string;
  writes: boolean;
  onStarted: () => void;
}) {
  const { t } = useTranslation("rules");
  const templates = useTemplates(project, writes);
  const { startDraft } = useRuleActions(project);
  const [first, ...others] = templates.data?.items ?? [];
  const after = { onSuccess: onStarted };
  return (
    <EmptyState
      title={t("none")}
      hint={t(writes ? "noneHint" : "noneWait")}
      action={
        writes && (
          <div className="tg-row" style={{ justifyContent: "center" }}>
            {first && (
              <Button
                type="primary"
                loading={startDraft.isPending}
                onClick={() => startDraft.mutate({ content: first.content }, after)}
              >
                {t("load", { name: localized(first.name, first.id) })}
              </Button>
            )}
            {others.map((one) => (
              <Button key={one.id} onClick={() => startDraft.mutate({ content: one.content }, after)}>
                {t("load", { name: localized(one.name, one.id) })}
              </Button>
            ))}
            <Button onClick={() => startDraft.mutate({}, after)}>{t("startEmpty")}</Button>
          </div>
        )
      }
      example={
        <>
          <p className="tg-muted">{t("noneExample")}</p>
          {startDraft.error && <ErrorNote error={startDraft.error} />}
        </>
      }
    />
  );
}
