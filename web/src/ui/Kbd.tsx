/** A key of the keyboard, as shown beside what it does. */
export function Kbd({ children }: { children: string }) {
  return <kbd className="tg-kbd">{children}</kbd>;
}
