import { Button, ColorPicker, Input, Popconfirm, Select } from "antd";
import { useTranslation } from "react-i18next";
import { AttributesForm } from "./AttributesForm";
import { COLORS } from "./colors";
import { ExamplesEditor } from "./ExamplesEditor";
import type { Example, LabelClass, Pictures } from "./queries";

interface Props {
  project: string;
  value: LabelClass;
  others: readonly LabelClass[];
  examples: readonly Example[];
  pictures: Pictures;
  onChange: (next: LabelClass) => void;
  onExamples: (examples: Example[]) => void;
  onRemove: () => void;
  onMove: (by: number) => void;
}

const KINDS = ["box", "class"];
const DIFFICULTIES = ["easy", "normal", "hard"];

/** One label class of the draft. */
export function ClassForm(props: Props) {
  const { value, others, onChange } = props;
  const { t } = useTranslation("rules");
  const set = (part: Partial<LabelClass>) => onChange({ ...value, ...part });
  const keyTaken = others.some((entry) => entry.key === value.key);
  const hotkeyTaken =
    value.hotkey !== "" && others.some((entry) => entry.hotkey.toLowerCase() === value.hotkey.toLowerCase());
  const mine = props.examples.filter((example) => example.label === value.key);
  return (
    <div className="tg-stack">
      <div className="tg-form">
        {(["zh", "en"] as const).map((language) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside
          <label key={language}>
            <span>{t(`name.${language}`)}</span>
            <Input
              value={value.name[language]}
              maxLength={100}
              onChange={(event) => set({ name: { ...value.name, [language]: event.target.value } })}
            />
          </label>
        ))}
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside */}
        <label>
          <span>{t("key")}</span>
          <Input
            value={value.key}
            maxLength={100}
            status={keyTaken || !value.key ? "error" : ""}
            onChange={(event) => set({ key: event.target.value.trim() })}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside */}
        <label>
          <span>{t(hotkeyTaken ? "hotkeyTaken" : "hotkey")}</span>
          <Input
            value={value.hotkey}
            maxLength={1}
            status={hotkeyTaken ? "error" : ""}
            style={{ width: 60 }}
            onChange={(event) => set({ hotkey: event.target.value.trim() })}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is inside */}
        <label>
          <span>{t("kindLabel")}</span>
          <Select
            value={value.kind}
            onChange={(kind) => set({ kind })}
            options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}` as "kind.box") }))}
          />
        </label>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is inside */}
        <label>
          <span>{t("difficultyLabel")}</span>
          <Select
            value={value.difficulty}
            onChange={(difficulty) => set({ difficulty })}
            options={[...new Set([...DIFFICULTIES, value.difficulty])].map((one) => ({
              value: one,
              label: t(`difficulty.${one}` as "difficulty.normal", { defaultValue: one }),
            }))}
          />
        </label>
      </div>
      <div>
        <div className="tg-muted">{t("color")}</div>
        <div className="tg-row">
          {COLORS.map((color) => {
            const other = others.find((entry) => entry.color.toLowerCase() === color);
            return (
              <button
                key={color}
                type="button"
                className="tg-color"
                style={{ background: color, opacity: other ? 0.3 : 1 }}
                aria-pressed={value.color.toLowerCase() === color}
                aria-label={color}
                title={other ? t("colorTaken", { name: other.name.zh || other.name.en }) : color}
                onClick={() => set({ color })}
              />
            );
          })}
          <ColorPicker
            value={value.color}
            disabledAlpha
            onChangeComplete={(color) => set({ color: color.toHexString() })}
          />
        </div>
      </div>
      <div className="tg-form">
        {(["zh", "en"] as const).map((language) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the input is inside
          <label key={language}>
            <span>{t(`definition.${language}`)}</span>
            <Input.TextArea
              value={value.definition[language]}
              maxLength={4000}
              autoSize={{ minRows: 2, maxRows: 8 }}
              onChange={(event) => set({ definition: { ...value.definition, [language]: event.target.value } })}
            />
          </label>
        ))}
      </div>
      <AttributesForm value={value.attributes} onChange={(attributes) => set({ attributes })} />
      <ExamplesEditor
        project={props.project}
        label={value.key}
        examples={mine}
        pictures={props.pictures}
        onChange={(next) => props.onExamples([...props.examples.filter((one) => one.label !== value.key), ...next])}
      />
      <div className="tg-row">
        <Button size="small" onClick={() => props.onMove(-1)}>
          ↑ {t("moveUp")}
        </Button>
        <Button size="small" onClick={() => props.onMove(1)}>
          ↓ {t("moveDown")}
        </Button>
        <Popconfirm
          title={t("removeFacts", { count: mine.length })}
          okText={t("removeClass")}
          cancelText={t("cancel")}
          onConfirm={props.onRemove}
        >
          <Button size="small" danger>
            {t("removeClass")}
          </Button>
        </Popconfirm>
      </div>
    </div>
  );
}
