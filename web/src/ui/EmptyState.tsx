import type { ReactNode } from "react";

interface Props {
  title: string;
  /** What this page is for, in a sentence. */
  hint: string;
  /** The one button or link that leads on. */
  action?: ReactNode;
  /** One example of what will be here. */
  example?: ReactNode;
}

/** An empty page teaches: what this is, one button, one example. */
export function EmptyState({ title, hint, action, example }: Props) {
  return (
    <section className="tg-empty">
      <h1>{title}</h1>
      <p className="tg-muted">{hint}</p>
      {action}
      {example}
    </section>
  );
}
