import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatFen, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Mark, MarkedPicture } from "../../ui/MarkedPicture";
import { useLabelNames } from "../quality/labelset";
import { type Picture, useEvaluateActions } from "./queries";

interface Props {
  project: string;
  evaluation: string;
  pictures: readonly Picture[];
}

interface Stated {
  label: string;
  state: "right" | "wrong" | "missed" | "invented";
  score?: number | null;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
}

/** Colours of what people drew and of what the model found; found boxes are dashed, and mistakes carry their words. */
const DRAWN = "#1db954";
const FOUND = "#ff9f1c";

/** Pictures with drawn and found boxes. A click shows one large, with its item and the way back to labelling. */
export function PictureGrid({ project, evaluation, pictures }: Props) {
  const { t } = useTranslation("evaluate");
  const [open, setOpen] = useState<Picture | null>(null);
  const marks = useMarks(project);
  return (
    <>
      <p className="tg-muted tg-key">
        <i style={{ borderColor: DRAWN }} /> {t("drawnKey")}
        <i style={{ borderColor: FOUND, borderTopStyle: "dashed" }} /> {t("foundKey")}
      </p>
      <ul className="tg-pictures">
        {pictures.map((picture) => (
          <li key={picture.item}>
            <button type="button" onClick={() => setOpen(picture)}>
              <MarkedPicture
                src={picture.thumb_url || picture.image_url}
                width={picture.width}
                height={picture.height}
                alt={picture.name}
                marks={marks(picture, false)}
              />
              <span className="tg-picture-name">{picture.name}</span>
              <span className="tg-muted">
                <Mistakes picture={picture} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Drawer open={open !== null} onClose={() => setOpen(null)} width={620} title={open?.name}>
        {open && <One project={project} evaluation={evaluation} picture={open} marks={marks(open, true)} />}
      </Drawer>
    </>
  );
}

function Mistakes({ picture }: { picture: Picture }) {
  const { t } = useTranslation("evaluate");
  const parts = (["missed", "wrong", "invented"] as const).filter((state) => picture[state] > 0);
  if (parts.length === 0) return <>{t("allRight", { count: picture.right })}</>;
  return <>{parts.map((state) => `${t(`state.${state}`)} ${formatNumber(picture[state])}`).join(" · ")}</>;
}

/** The boxes of a picture; names on the large one, on the small one only those of mistakes. */
function useMarks(project: string): (picture: Picture, named: boolean) => Mark[] {
  const { t } = useTranslation("evaluate");
  const label = useLabelNames(project);
  return (picture, named) => {
    const words = (one: Stated) =>
      [
        one.state === "right" ? "" : t(`state.${one.state}`),
        label(one.label),
        one.score ? formatNumber(one.score, 2) : "",
      ]
        .filter(Boolean)
        .join(" ");
    const mark = (side: "truth" | "found") => (one: Stated, at: number) => {
      if (one.x === undefined || one.y === undefined || !one.width || !one.height) return [];
      const told = named && (side === "found" || one.state !== "right");
      return [
        {
          id: `${side} ${at}`,
          x: one.x,
          y: one.y,
          width: one.width,
          height: one.height,
          color: side === "truth" ? DRAWN : FOUND,
          dashed: side === "found",
          ...(told ? { text: words(one) } : {}),
        },
      ];
    };
    return [
      ...(picture.truth as unknown as Stated[]).flatMap(mark("truth")),
      ...(picture.found as unknown as Stated[]).flatMap(mark("found")),
    ];
  };
}

function One(props: { project: string; evaluation: string; picture: Picture; marks: Mark[] }) {
  const { t } = useTranslation("evaluate");
  const roles = useRoles(props.project);
  const label = useLabelNames(props.project);
  const { relabel } = useEvaluateActions(props.project);
  const { picture } = props;
  const rows = [
    ...(picture.truth as unknown as Stated[]).map((one) => ({ ...one, side: t("drawn") })),
    ...(picture.found as unknown as Stated[]).map((one) => ({ ...one, side: t("found") })),
  ];
  return (
    <div className="tg-one-picture">
      <MarkedPicture
        src={picture.image_url}
        width={picture.width}
        height={picture.height}
        alt={picture.name}
        marks={props.marks}
      />
      <p className="tg-muted">
        <Mistakes picture={picture} /> · {t("cost")} {formatFen(picture.cost_fen)} · {picture.source}
      </p>
      <ul className="tg-list">
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the labels of a stored evaluation never change
          <li key={at}>
            {row.side} · {label(row.label)} · {t(`state.${row.state}`)}
            {row.score ? ` · ${formatNumber(row.score, 3)}` : ""}
          </li>
        ))}
      </ul>
      <div className="tg-row">
        <Link to={`/projects/${props.project}/data?item=${picture.item}`}>{t("openItem")}</Link>
        {hasRole(roles, "manager", "trainer", "engineer") && (
          <Button
            loading={relabel.isPending}
            disabled={relabel.isSuccess}
            onClick={() => relabel.mutate({ evaluation: props.evaluation, items: [picture.item] })}
          >
            {t(relabel.isSuccess ? "relabelled" : "relabel")}
          </Button>
        )}
      </div>
      <p className="tg-muted">{t("relabelHint")}</p>
      {relabel.error && <ErrorNote error={relabel.error} />}
    </div>
  );
}
