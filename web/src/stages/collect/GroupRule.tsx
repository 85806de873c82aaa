import { Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exampleGroup, type RuleKind, readRule, writeRule } from "./grouping";

const KINDS: readonly RuleKind[] = ["none", "folder", "column", "pattern"];
const START: Record<RuleKind, string> = { none: "", folder: "", column: "plate", pattern: "^(plate-\\d+)" };

interface Props {
  value?: string;
  onChange?: (value: string) => void;
  /** A name among the files chosen. */
  example?: string | undefined;
}

/** Which items belong together (one plate, one patient), with what the rule gives for a name. */
export function GroupRule({ value = "none", onChange, example }: Props) {
  const { t } = useTranslation("collect");
  const [name, setName] = useState<string | null>(null);
  const rule = readRule(value);
  const shown = name ?? example ?? "line1/plate-0042-03.jpg";
  const group = exampleGroup(rule, shown);
  return (
    <div className="tg-stack">
      <div className="tg-row">
        <Select
          value={rule.kind}
          style={{ minWidth: 190 }}
          onChange={(kind) => onChange?.(writeRule({ kind, value: START[kind] }))}
          options={KINDS.map((kind) => ({ value: kind, label: t(`group.${kind}`) }))}
        />
        {(rule.kind === "column" || rule.kind === "pattern") && (
          <Input
            value={rule.value}
            style={{ flex: 1, minWidth: 160, fontFamily: "monospace" }}
            aria-label={t(`group.${rule.kind}`)}
            onChange={(event) => onChange?.(writeRule({ kind: rule.kind, value: event.target.value }))}
          />
        )}
      </div>
      {rule.kind !== "none" && rule.kind !== "column" && (
        <div className="tg-row">
          <Input
            size="small"
            value={shown}
            style={{ maxWidth: 250 }}
            aria-label={t("group.example")}
            onChange={(event) => setName(event.target.value)}
          />
          <span>
            →{" "}
            {group === undefined ? (
              <span className="tg-warn">{t("group.unfinished")}</span>
            ) : group === null ? (
              <span className="tg-warn">{t("group.nothing")}</span>
            ) : (
              <strong>{group}</strong>
            )}
          </span>
        </div>
      )}
      {rule.kind === "column" && <span className="tg-muted">{t("group.columnHint")}</span>}
    </div>
  );
}
