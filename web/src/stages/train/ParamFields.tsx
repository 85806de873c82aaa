import { Checkbox, Form, InputNumber, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { type Field, rangeText } from "./fields";
import { useParamName } from "./names";

interface Props {
  fields: readonly Field[];
  studying: boolean;
  vary: (name: string) => boolean;
  onVary: (name: string, on: boolean) => void;
}

/** The recipe's parameters; in a study those that can be varied have a tick, and show their range instead of a value. */
export function ParamFields({ fields, studying, vary, onVary }: Props) {
  const { t } = useTranslation("train");
  const nameOf = useParamName();
  const labelOf = (field: Field) => (field.auto ? t("zeroIsAuto", { name: nameOf(field.name) }) : nameOf(field.name));
  return (
    <div className="tg-params tg-card" style={{ width: "100%" }}>
      <Form.Item name="seed" label={t("seed")}>
        <InputNumber min={0} precision={0} />
      </Form.Item>
      {fields.map((field) => {
        const varies = studying && field.search !== undefined && vary(field.name);
        return (
          <div key={field.name} className="tg-row">
            {studying && field.search && (
              <Checkbox checked={varies} onChange={(event) => onVary(field.name, event.target.checked)}>
                {t("vary", { name: nameOf(field.name) })}
              </Checkbox>
            )}
            {varies && field.search ? (
              <span className="tg-muted">{rangeText(field.search)}</span>
            ) : (
              <Form.Item
                name={["params", field.name]}
                label={labelOf(field)}
                initialValue={field.initial}
                tooltip={`${field.name}: ${field.description}`}
                {...(field.kind === "boolean" ? { valuePropName: "checked" } : {})}
              >
                {field.kind === "boolean" ? (
                  <Switch />
                ) : (
                  <InputNumber
                    min={field.low}
                    {...(field.high === undefined ? {} : { max: field.high })}
                    step={field.kind === "integer" ? 1 : 0.001}
                  />
                )}
              </Form.Item>
            )}
          </div>
        );
      })}
    </div>
  );
}
