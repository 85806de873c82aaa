import { useTranslation } from "react-i18next";
import { activeAttributeKeys } from "../core/actions";
import { pressAttribute, setAttribute } from "../core/commands/labels";
import type { Editor } from "../core/editor";
import type { AttributeSpec } from "../core/labelset";
import type { Label } from "../core/records";
import { useSignal } from "./useSignal";

interface FieldProps {
  editor: Editor;
  spec: AttributeSpec;
  label: Label;
  keys: ReadonlyMap<string, string>;
}

function Choices({ editor, spec, label, keys }: FieldProps) {
  const { t } = useTranslation("editor");
  const current = label.attributes[spec.key];
  const options = spec.type === "flag" ? [{ value: "true", name: t("flagOn") }] : spec.options;
  const isOn = (value: string) =>
    spec.type === "flag" ? current === true : Array.isArray(current) ? current.includes(value) : current === value;
  return (
    <span className="te-segments">
      {options.map((option) => {
        const key = keys.get(`${spec.key}:${spec.type === "flag" ? "true" : option.value}`);
        return (
          <button
            key={option.value}
            type="button"
            className={isOn(option.value) ? "te-segment te-on" : "te-segment"}
            aria-pressed={isOn(option.value)}
            disabled={editor.readOnly}
            onClick={() => pressAttribute(editor, spec.key, spec.type === "flag" ? true : option.value)}
          >
            {option.name} {key && <small>{key}</small>}
          </button>
        );
      })}
    </span>
  );
}

function Field({ editor, spec, label, keys }: FieldProps) {
  const value = label.attributes[spec.key];
  if (spec.type !== "text" && spec.type !== "number") {
    return <Choices editor={editor} spec={spec} label={label} keys={keys} />;
  }
  const change = (text: string) => {
    const number = Number(text);
    if (text === "") setAttribute(editor, spec.key, undefined);
    else if (spec.type === "text") setAttribute(editor, spec.key, text);
    else if (Number.isFinite(number)) setAttribute(editor, spec.key, number);
  };
  return (
    <input
      key={label.id}
      className="te-input"
      type={spec.type === "number" ? "number" : "text"}
      step="any"
      aria-label={spec.name}
      defaultValue={value === undefined ? "" : String(value)}
      disabled={editor.readOnly}
      onBlur={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

/** Attributes of the first selected mark; a press sets them on all selected ones that have them. */
export function AttributePanel({ editor }: { editor: Editor }) {
  const { t } = useTranslation("editor");
  useSignal(editor.selection.changed);
  useSignal(editor.store.changed);
  const first = editor.firstSelected();
  const labelClass = editor.labelClass(first?.label.label ?? null);
  if (!first || !labelClass || labelClass.attributes.length === 0) return null;
  const keys = new Map(activeAttributeKeys(editor).map((entry) => [`${entry.attribute}:${entry.value}`, entry.key]));
  return (
    <section>
      <h3>{t("attributes", { name: labelClass.name })}</h3>
      {labelClass.attributes.map((spec) => (
        <div key={spec.key} className="te-field">
          <span>
            {spec.name}
            {spec.required && <b className="te-required">*</b>}
          </span>
          <Field editor={editor} spec={spec} label={first.label} keys={keys} />
        </div>
      ))}
    </section>
  );
}
