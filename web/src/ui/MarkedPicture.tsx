export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Mark extends Rect {
  id: string;
  color: string;
  text?: string;
  /** Dashed: another's answer, or what is missing. State is never told by colour alone. */
  dashed?: boolean;
}

interface Props {
  src: string;
  /** Of the picture in its own pixels; marks and region are in these. */
  width: number;
  height: number;
  alt: string;
  /** Shows this part only, with some of what is around it. */
  region?: Rect | null | undefined;
  marks?: readonly Mark[];
  className?: string;
}

const AROUND = 0.25;

function view({ width, height, region }: Props): Rect {
  if (!region) return { x: 0, y: 0, width, height };
  const dx = region.width * AROUND;
  const dy = region.height * AROUND;
  const x = Math.max(0, region.x - dx);
  const y = Math.max(0, region.y - dy);
  const right = Math.min(width, region.x + region.width + dx);
  const bottom = Math.min(height, region.y + region.height + dy);
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

/** A picture, or a part of it, with boxes drawn over it in the picture's own pixels. */
export function MarkedPicture(props: Props) {
  const { src, width, height, alt, marks = [] } = props;
  const part = view(props);
  const letter = Math.max(part.width, part.height) / 18;
  return (
    <svg
      className={`tg-picture ${props.className ?? ""}`}
      viewBox={`${part.x} ${part.y} ${part.width} ${part.height}`}
      role="img"
      aria-label={alt}
    >
      <title>{alt}</title>
      <image href={src} x={0} y={0} width={width} height={height} preserveAspectRatio="none" />
      {marks.map((mark) => (
        <g key={mark.id}>
          <rect
            x={mark.x}
            y={mark.y}
            width={mark.width}
            height={mark.height}
            fill="none"
            stroke={mark.color}
            strokeWidth={2}
            strokeDasharray={mark.dashed ? "6 4" : undefined}
            vectorEffect="non-scaling-stroke"
          />
          {mark.text && (
            <text
              x={mark.x}
              y={Math.max(part.y + letter, mark.y - letter / 3)}
              fontSize={letter}
              fill={mark.color}
              stroke="#000"
              strokeWidth={letter / 8}
              paintOrder="stroke"
            >
              {mark.text}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
