import { type PointerEvent, useRef } from "react";
import type { Rect } from "../../ui/MarkedPicture";

interface Props {
  src: string;
  width: number;
  height: number;
  alt: string;
  value: Rect | null;
  onChange: (rect: Rect | null) => void;
}

/** Drags a rectangle over a picture, in its pixels. A click without dragging clears it. */
export function RegionPicker({ src, width, height, alt, value, onChange }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const start = useRef<{ x: number; y: number } | null>(null);
  const at = (event: PointerEvent) => {
    const matrix = svg.current?.getScreenCTM()?.inverse();
    if (!matrix) return { x: 0, y: 0 };
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return { x: Math.min(width, Math.max(0, point.x)), y: Math.min(height, Math.max(0, point.y)) };
  };
  const move = (event: PointerEvent) => {
    const from = start.current;
    if (!from) return;
    const to = at(event);
    const rect = {
      x: Math.round(Math.min(from.x, to.x)),
      y: Math.round(Math.min(from.y, to.y)),
      width: Math.round(Math.abs(to.x - from.x)),
      height: Math.round(Math.abs(to.y - from.y)),
    };
    onChange(rect.width >= 3 && rect.height >= 3 ? rect : null);
  };
  return (
    <svg
      ref={svg}
      className="tg-region"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={alt}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = at(event);
        onChange(null);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        start.current = null;
      }}
    >
      <image href={src} width={width} height={height} preserveAspectRatio="none" />
      {value && (
        <rect
          {...value}
          fill="rgb(255 255 255 / 12%)"
          stroke="#ffb000"
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
