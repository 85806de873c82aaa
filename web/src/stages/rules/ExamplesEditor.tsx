import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ExampleFigure } from "./ExampleFigure";
import { ExamplePicker } from "./ExamplePicker";
import type { Example, Pictures } from "./queries";

interface Props {
  project: string;
  label: string;
  examples: readonly Example[];
  pictures: Pictures;
  onChange: (next: Example[]) => void;
}

/** Right and wrong examples of a class, cut from items of the project. */
export function ExamplesEditor({ project, label, examples, pictures, onChange }: Props) {
  const { t } = useTranslation("rules");
  const [picking, setPicking] = useState(false);
  return (
    <div className="tg-stack">
      <div className="tg-row">
        <h2 style={{ margin: 0 }}>{t("examples")}</h2>
        <Button size="small" onClick={() => setPicking(true)}>
          {t("addExample")}
        </Button>
      </div>
      {examples.length === 0 && <span className="tg-muted">{t("examplesHint")}</span>}
      <div className="tg-examples">
        {examples.map((example, place) => (
          <ExampleFigure
            key={`${example.item_id}${JSON.stringify(example.region)}`}
            example={example}
            pictures={pictures}
            action={
              <button
                type="button"
                className="tg-plain"
                aria-label={t("remove")}
                onClick={() => onChange(examples.filter((_, index) => index !== place))}
              >
                ×
              </button>
            }
          />
        ))}
      </div>
      {picking && (
        <ExamplePicker
          project={project}
          label={label}
          onClose={() => setPicking(false)}
          onPick={(example) => {
            onChange([...examples, example]);
            setPicking(false);
          }}
        />
      )}
    </div>
  );
}
