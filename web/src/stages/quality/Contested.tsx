import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { FindingCard } from "./FindingCard";
import { useFindings, useQualityActions } from "./queries";

/** Contests that wait for an answer, then the latest findings. */
export function Contested({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const contested = useFindings(project, "contested");
  const latest = useFindings(project, null);
  const { answer } = useQualityActions(project);
  const waiting = contested.data?.pages.flatMap((page) => page.items) ?? [];
  const all = latest.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="tg-section" id="contested">
      <h2>{t("page.contestedTitle")}</h2>
      {contested.error && <ErrorNote error={contested.error} />}
      {contested.data && waiting.length === 0 && <p className="tg-muted">{t("page.noneContested")}</p>}
      {waiting.map((finding) => (
        <FindingCard
          key={finding.id}
          project={project}
          finding={finding}
          {...(finding.mine_to_answer
            ? {
                onAnswer: (withdraw: boolean, text: string) =>
                  answer.mutateAsync({ finding: finding.id, withdraw, text }),
              }
            : {})}
        />
      ))}
      {all.length > 0 && (
        <details>
          <summary>{t("page.allFindings")}</summary>
          {all.map((finding) => (
            <FindingCard key={finding.id} project={project} finding={finding} />
          ))}
          {latest.hasNextPage && <Button onClick={() => latest.fetchNextPage()}>{t("page.more")}</Button>}
        </details>
      )}
    </section>
  );
}
