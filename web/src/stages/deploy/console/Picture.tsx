import { useTranslation } from "react-i18next";
import { type Mark, MarkedPicture } from "../../../ui/MarkedPicture";
import type { Prediction } from "./standing";

const INKS = ["#ffb000", "#22d3ee", "#f472b6", "#a3e635", "#c084fc", "#fb923c"];

/** Marks above the threshold, each class its own ink; what lies below is not drawn. */
export function marksOf(prediction: Prediction): Mark[] {
  const shown = prediction.labels.filter(
    (label) => label.kind === "box" && Number(label.score ?? 0) >= prediction.threshold,
  );
  const classes = [...new Set(shown.map((label) => String(label.label)))].sort();
  return shown.map((label, index) => ({
    id: `${index}`,
    x: Number(label.x),
    y: Number(label.y),
    width: Number(label.width),
    height: Number(label.height),
    color: INKS[classes.indexOf(String(label.label)) % INKS.length] ?? "#ffb000",
    text: `${String(label.label)} ${Number(label.score ?? 0).toFixed(2)}`,
  }));
}

/** The picture of a prediction with its boxes; words where it is not kept. */
export function PredictionPicture({ prediction, boxes = true }: { prediction: Prediction; boxes?: boolean }) {
  const { t } = useTranslation("line");
  if (!prediction.image_url || !prediction.width || !prediction.height) {
    return <div className="tc-nopicture">{t("console.noPicture")}</div>;
  }
  return (
    <MarkedPicture
      src={prediction.image_url}
      width={prediction.width}
      height={prediction.height}
      alt={prediction.name || t("console.picture")}
      marks={boxes ? marksOf(prediction) : []}
    />
  );
}
