import { Alert, Button, InputNumber, Popconfirm, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { localized } from "../../i18n/localized";
import { ErrorNote } from "../../ui/ErrorNote";
import { Kbd } from "../../ui/Kbd";
import { ClassForm } from "./ClassForm";
import { COLORS } from "./colors";
import { GuidelineEditor } from "./GuidelineEditor";
import { PublishPanel } from "./PublishPanel";
import { contentOf, type LabelClass, type RuleVersion, useRuleActions } from "./queries";
import { useDraft } from "./useDraft";

interface Props {
  project: string;
  draft: RuleVersion;
  current: RuleVersion | null;
  onPublished: () => void;
}

function freeKey(taken: readonly string[], stem: string): string {
  for (let number = 1; ; number += 1) {
    const key = `${stem}_${number}`;
    if (!taken.includes(key)) return key;
  }
}

/** The draft of the rules: classes at the left, what is chosen at the right, and publishing. */
export function DraftEditor({ project, draft, current, onPublished }: Props) {
  const { t } = useTranslation("rules");
  const edited = useDraft(project, draft);
  const { content, change } = edited;
  const [part, setPart] = useState<string | null>(content.label_set[0]?.key ?? "guideline");
  const { discardDraft } = useRuleActions(project);
  const [, setSearch] = useSearchParams();
  const classes = content.label_set;
  const place = classes.findIndex((entry) => `class:${entry.key}` === part || entry.key === part);
  const chosen = place >= 0 ? classes[place] : undefined;

  const add = () => {
    const keys = classes.map((entry) => entry.key);
    const used = new Set(classes.map((entry) => entry.color.toLowerCase()));
    const hotkeys = new Set(classes.map((entry) => entry.hotkey));
    const key = freeKey(keys, "class");
    const made: LabelClass = {
      key,
      kind: "box",
      name: { zh: t("newClass"), en: "" },
      color: COLORS.find((color) => !used.has(color)) ?? "#e69f00",
      hotkey: ["1", "2", "3", "4", "5", "6", "7", "8", "9"].find((one) => !hotkeys.has(one)) ?? "",
      difficulty: "normal",
      definition: { zh: "", en: "" },
      attributes: [],
    };
    change({ label_set: [...classes, made] });
    setPart(key);
  };
  const replace = (next: LabelClass) => {
    const before = classes[place];
    if (!before) return;
    const examples =
      next.key === before.key
        ? content.examples
        : content.examples.map((one) => (one.label === before.key ? { ...one, label: next.key } : one));
    change({ label_set: classes.map((entry, index) => (index === place ? next : entry)), examples });
    if (next.key !== before.key) setPart(next.key);
  };
  const remove = () => {
    if (!chosen) return;
    change({
      label_set: classes.filter((entry) => entry !== chosen),
      examples: content.examples.filter((one) => one.label !== chosen.key),
    });
    setPart(classes[place + 1]?.key ?? classes[place - 1]?.key ?? "guideline");
  };
  const move = (by: number) => {
    const other = classes[place + by];
    if (!chosen || !other) return;
    const next = [...classes];
    next[place] = other;
    next[place + by] = chosen;
    change({ label_set: next });
  };

  return (
    <div className="tg-stack">
      <div className="tg-row">
        <span className="tg-muted" role="status">
          {t(`draft.${edited.state}`)}
        </span>
        <span style={{ flex: 1 }} />
        <Popconfirm
          title={t("draft.discardFacts", {
            count: classes.length,
            version: current ? `v${current.major}.${current.minor}` : "–",
          })}
          okText={t("draft.discard")}
          cancelText={t("cancel")}
          onConfirm={() => discardDraft.mutate(undefined, { onSuccess: () => setSearch({}) })}
        >
          <Button size="small">{t("draft.discard")}</Button>
        </Popconfirm>
      </div>
      {edited.theirs && (
        <Alert
          type="warning"
          title={t("draft.stale")}
          description={t("draft.staleFacts", {
            mine: classes.length,
            theirs: edited.theirs.label_set.length,
          })}
          action={
            <div className="tg-row">
              <Button size="small" onClick={edited.takeTheirs}>
                {t("draft.takeTheirs")}
              </Button>
              <Button size="small" onClick={edited.keepMine}>
                {t("draft.keepMine")}
              </Button>
            </div>
          }
        />
      )}
      {edited.error !== null && <ErrorNote error={edited.error} onRetry={() => void edited.flush()} />}
      <div className="tg-draft">
        <nav className="tg-card tg-draft-list" aria-label={t("classes")}>
          {classes.map((entry) => (
            <button
              key={entry.key}
              type="button"
              className="tg-pick"
              aria-pressed={chosen === entry}
              onClick={() => setPart(entry.key)}
            >
              <span className="tg-swatch" style={{ background: entry.color }} aria-hidden="true" />
              <span style={{ flex: 1 }}>{localized(entry.name, entry.key)}</span>
              {entry.hotkey && <Kbd>{entry.hotkey}</Kbd>}
            </button>
          ))}
          <Button size="small" onClick={add} style={{ margin: "6px 0 10px" }}>
            {t("addClass")}
          </Button>
          {(["guideline", "checks"] as const).map((one) => (
            <button
              key={one}
              type="button"
              className="tg-pick"
              aria-pressed={!chosen && part === one}
              onClick={() => setPart(one)}
            >
              {t(one === "checks" ? "checks.title" : one)}
            </button>
          ))}
        </nav>
        <section className="tg-card">
          {chosen && (
            <ClassForm
              key={place}
              project={project}
              value={chosen}
              others={classes.filter((entry) => entry !== chosen)}
              examples={content.examples}
              pictures={edited.pictures}
              onChange={replace}
              onExamples={(examples) => change({ examples })}
              onRemove={remove}
              onMove={move}
            />
          )}
          {!chosen && part === "checks" && (
            <div className="tg-form">
              {(["min_width", "min_height"] as const).map((name) => (
                // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside
                <label key={name}>
                  <span>{t(`checks.${name}`)}</span>
                  <InputNumber
                    min={0}
                    value={content.checks[name]}
                    onChange={(value) => change({ checks: { ...content.checks, [name]: value ?? 0 } })}
                  />
                </label>
              ))}
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is inside */}
              <label>
                <span>{t("checks.require_any")}</span>
                <Switch
                  style={{ alignSelf: "start" }}
                  checked={content.checks.require_any}
                  onChange={(require_any) => change({ checks: { ...content.checks, require_any } })}
                />
              </label>
            </div>
          )}
          {!chosen && part !== "checks" && (
            <GuidelineEditor value={content.guideline} onChange={(guideline) => change({ guideline })} />
          )}
        </section>
      </div>
      <PublishPanel
        project={project}
        saved={edited.saved}
        names={
          new Map(
            [...(current ? contentOf(current).label_set : []), ...classes].map((entry) => [
              entry.key,
              localized(entry.name, entry.key),
            ]),
          )
        }
        flush={edited.flush}
        onPublished={onPublished}
      />
    </div>
  );
}
