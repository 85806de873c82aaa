import { Button, Checkbox, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Attribute } from "./queries";

const TYPES = ["choice", "flag", "text", "number"] as const;
type Option = Attribute["options"][number];

/** What is stated about each label of a class: choices with keys, yes or no, text, number. */
export function AttributesForm({
  value,
  onChange,
}: {
  value: readonly Attribute[];
  onChange: (next: Attribute[]) => void;
}) {
  const { t } = useTranslation("rules");
  const put = (place: number, next: Attribute) => onChange(value.map((one, index) => (index === place ? next : one)));
  const add = () => {
    const keys = new Set(value.map((one) => one.key));
    let number = 1;
    while (keys.has(`attribute_${number}`)) number += 1;
    const name = { zh: t("newAttribute"), en: "" };
    const options: Option[] = [{ value: "a", name: { zh: "A", en: "A" }, hotkey: "" }];
    onChange([...value, { key: `attribute_${number}`, name, type: "choice", required: false, options }]);
  };
  return (
    <div className="tg-stack">
      <div className="tg-row">
        <h2 style={{ margin: 0 }}>{t("attributes")}</h2>
        <Button size="small" onClick={add}>
          {t("addAttribute")}
        </Button>
      </div>
      {value.map((attribute, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: keys are being edited, the place is what stays
        <div key={place} className="tg-attribute tg-stack">
          <div className="tg-row">
            <Input
              size="small"
              value={attribute.name.zh}
              style={{ width: 110 }}
              aria-label={t("name.zh")}
              placeholder={t("name.zh")}
              onChange={(event) => put(place, { ...attribute, name: { ...attribute.name, zh: event.target.value } })}
            />
            <Input
              size="small"
              value={attribute.name.en}
              style={{ width: 110 }}
              aria-label={t("name.en")}
              placeholder={t("name.en")}
              onChange={(event) => put(place, { ...attribute, name: { ...attribute.name, en: event.target.value } })}
            />
            <Input
              size="small"
              value={attribute.key}
              style={{ width: 120 }}
              aria-label={t("key")}
              placeholder={t("key")}
              onChange={(event) => put(place, { ...attribute, key: event.target.value.trim() })}
            />
            <Select
              size="small"
              value={attribute.type}
              style={{ minWidth: 90 }}
              aria-label={t("typeLabel")}
              onChange={(type) =>
                put(place, {
                  ...attribute,
                  type,
                  options: type === "choice" ? [{ value: "a", name: { zh: "A", en: "A" }, hotkey: "" }] : [],
                })
              }
              options={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
            />
            <Checkbox
              checked={attribute.required}
              onChange={(event) => put(place, { ...attribute, required: event.target.checked })}
            >
              {t("required")}
            </Checkbox>
            <Button
              size="small"
              type="text"
              danger
              onClick={() => onChange(value.filter((_, index) => index !== place))}
            >
              {t("remove")}
            </Button>
          </div>
          {attribute.type === "choice" && (
            <Options value={attribute.options} onChange={(options) => put(place, { ...attribute, options })} />
          )}
        </div>
      ))}
    </div>
  );
}

function Options({ value, onChange }: { value: readonly Option[]; onChange: (next: Option[]) => void }) {
  const { t } = useTranslation("rules");
  const put = (place: number, next: Option) => onChange(value.map((one, index) => (index === place ? next : one)));
  const add = () => {
    const taken = new Set(value.map((one) => one.value));
    let number = value.length + 1;
    while (taken.has(`value_${number}`)) number += 1;
    onChange([...value, { value: `value_${number}`, name: { zh: t("newOption"), en: "" }, hotkey: "" }]);
  };
  return (
    <div className="tg-row">
      {value.map((option, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values are being edited, the place is what stays
        <span key={place} className="tg-row tg-option" style={{ gap: 4 }}>
          {(["zh", "en"] as const).map((language) => (
            <Input
              key={language}
              size="small"
              variant="borderless"
              value={option.name[language]}
              style={{ width: 84 }}
              aria-label={t(`name.${language}`)}
              placeholder={t(`name.${language}`)}
              onChange={(event) => put(place, { ...option, name: { ...option.name, [language]: event.target.value } })}
            />
          ))}
          <Input
            size="small"
            variant="borderless"
            value={option.value}
            style={{ width: 84 }}
            aria-label={t("key")}
            onChange={(event) => put(place, { ...option, value: event.target.value.trim() })}
          />
          <Input
            size="small"
            value={option.hotkey}
            maxLength={1}
            style={{ width: 30, textAlign: "center" }}
            aria-label={t("hotkey")}
            title={t("hotkey")}
            onChange={(event) => put(place, { ...option, hotkey: event.target.value.trim() })}
          />
          <Button
            size="small"
            type="text"
            aria-label={t("remove")}
            disabled={value.length === 1}
            onClick={() => onChange(value.filter((_, index) => index !== place))}
          >
            ×
          </Button>
        </span>
      ))}
      <Button size="small" type="dashed" onClick={add}>
        {t("addOption")}
      </Button>
    </div>
  );
}
