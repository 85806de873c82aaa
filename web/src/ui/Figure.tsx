import type { ReactNode } from "react";
import { Link } from "react-router";

interface Props {
  label: string;
  value: string;
  unit?: string;
  /** n, the interval, or what it was computed from. */
  note?: ReactNode;
  /** Where the things that the number counts are listed. */
  to?: string;
}

/** One figure with its name; every number can be clicked down to what it counts. */
export function Figure({ label, value, unit, note, to }: Props) {
  const number = (
    <>
      <strong>{value}</strong>
      {unit && <span className="tg-muted">{unit}</span>}
    </>
  );
  return (
    <div className="tg-figure">
      <div className="tg-muted">{label}</div>
      <div>{to ? <Link to={to}>{number}</Link> : number}</div>
      {note && <div className="tg-muted">{note}</div>}
    </div>
  );
}
