import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { MarkedPicture } from "../../ui/MarkedPicture";
import type { Editor } from "../core/editor";
import type { RuleExample } from "../core/labelset";
import { useSignal } from "./useSignal";

function ExamplePicture({ example, alt }: { example: RuleExample; alt: string }) {
  const { crop, image } = example;
  if (!crop) return <img src={image} alt={alt} loading="lazy" />;
  return (
    <MarkedPicture src={image} width={crop.whole.width} height={crop.whole.height} region={crop.region} alt={alt} />
  );
}

/** What the rules say of the label under work, with right and wrong examples. */
export function RuleCard({ editor, render }: { editor: Editor; render: ((text: string) => ReactNode) | undefined }) {
  const { t } = useTranslation("editor");
  useSignal(editor.selection.changed);
  useSignal(editor.settings.changed);
  useSignal(editor.store.changed);
  const first = editor.firstSelected();
  const labelClass = editor.labelClass(first?.label.label ?? editor.settings.values.activeClass);
  if (!labelClass) return null;
  return (
    <section>
      <h3>{t("ruleCard", { name: labelClass.name })}</h3>
      <div className="te-card">
        {labelClass.definition ? (
          <div className="te-definition">{render ? render(labelClass.definition) : labelClass.definition}</div>
        ) : (
          <p className="te-muted">{t("noDefinition")}</p>
        )}
        <div className="te-examples">
          {labelClass.examples.map((example) => (
            <figure key={example.id} className={example.right ? "te-right" : "te-wrong"}>
              <ExamplePicture example={example} alt={example.note || t(example.right ? "right" : "wrong")} />
              <figcaption>
                {example.right ? "✓" : "✗"} {example.note || t(example.right ? "right" : "wrong")}
              </figcaption>
            </figure>
          ))}
        </div>
      </div>
    </section>
  );
}
