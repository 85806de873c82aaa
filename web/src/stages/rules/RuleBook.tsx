import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { Kbd } from "../../ui/Kbd";
import { ExampleFigure } from "./ExampleFigure";
import type { Content, LabelClass, Pictures } from "./queries";

const Markdown = lazy(() => import("../../ui/Markdown"));

/** The rules as people read them: each label class with its examples, the guideline, the machine checks. */
export function RuleBook({ content, pictures }: { content: Content; pictures: Pictures }) {
  const { t } = useTranslation("rules");
  const { checks } = content;
  return (
    <div className="tg-stack">
      <div className="tg-classes">
        {content.label_set.map((entry) => (
          <ClassCard key={entry.key} entry={entry} content={content} pictures={pictures} />
        ))}
      </div>
      {content.guideline && (
        <section className="tg-card tg-prose">
          <h2>{t("guideline")}</h2>
          <Suspense fallback={<p>{content.guideline}</p>}>
            <Markdown>{content.guideline}</Markdown>
          </Suspense>
        </section>
      )}
      <section className="tg-card">
        <h2>{t("checks.title")}</h2>
        <p style={{ margin: 0 }}>
          {t("checks.size", { width: formatNumber(checks.min_width), height: formatNumber(checks.min_height) })}{" "}
          {checks.require_any && t("checks.any")}
        </p>
      </section>
    </div>
  );
}

export function ClassHead({ entry }: { entry: LabelClass }) {
  const { t } = useTranslation("rules");
  return (
    <div className="tg-row">
      <span className="tg-swatch" style={{ background: entry.color }} aria-hidden="true" />
      <strong>{localized(entry.name, entry.key)}</strong>
      {entry.hotkey && <Kbd>{entry.hotkey}</Kbd>}
      <span className="tg-muted">
        {t(`kind.${entry.kind}` as "kind.box", { defaultValue: entry.kind })} ·{" "}
        {t(`difficulty.${entry.difficulty}` as "difficulty.normal", { defaultValue: entry.difficulty })}
      </span>
    </div>
  );
}

export function AttributeLines({ entry }: { entry: LabelClass }) {
  const { t } = useTranslation("rules");
  return entry.attributes.map((attribute) => (
    <div key={attribute.key} className="tg-row">
      <span>
        {localized(attribute.name, attribute.key)}
        {attribute.required && <span className="tg-muted"> {t("required")}</span>}
      </span>
      {attribute.options.length === 0 && <span className="tg-muted">{t(`type.${attribute.type}`)}</span>}
      {attribute.options.map((option) => (
        <span key={option.value} className="tg-option">
          {localized(option.name, option.value)} {option.hotkey && <Kbd>{option.hotkey}</Kbd>}
        </span>
      ))}
    </div>
  ));
}

function ClassCard({ entry, content, pictures }: { entry: LabelClass; content: Content; pictures: Pictures }) {
  const examples = content.examples.filter((example) => example.label === entry.key);
  const definition = localized(entry.definition);
  return (
    <section className="tg-card tg-stack">
      <ClassHead entry={entry} />
      {definition && (
        <div className="tg-prose">
          <Suspense fallback={definition}>
            <Markdown>{definition}</Markdown>
          </Suspense>
        </div>
      )}
      <AttributeLines entry={entry} />
      {examples.length > 0 && (
        <div className="tg-examples">
          {examples.map((example) => (
            <ExampleFigure key={JSON.stringify(example)} example={example} pictures={pictures} />
          ))}
        </div>
      )}
    </section>
  );
}
