import { useTranslation } from "react-i18next";
import { useLabelNames } from "../quality/labelset";

/** The name of a slice in the person's language: a label class, a size, a third of the brightness, a source. */
export function useSliceName(project: string): (kind: string, value: string) => string {
  const { t } = useTranslation("evaluate");
  const label = useLabelNames(project);
  return (kind, value) => {
    if (kind === "class") return label(value);
    if (kind === "size" || kind === "brightness") return t(`${kind}.${value}` as "size.small", { defaultValue: value });
    return value || "–";
  };
}
