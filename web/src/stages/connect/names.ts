/** What a connection can be told of, as the server offers it. */
export const EVENTS = [
  "gate.changed",
  "import.done",
  "dataset.frozen",
  "model.trained",
  "evaluation.done",
  "champion.changed",
  "alarm.opened",
  "alarm.closed",
  "pay.closed",
] as const;
export type EventName = (typeof EVENTS)[number];

export const KINDS = ["generic", "dingtalk", "feishu", "wecom"] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds whose signature needs the secret of the robot's own page. */
export const OWN_SECRET: readonly string[] = ["dingtalk", "feishu"];

/** The key of an event's words: dots would be read as levels. */
export function eventKey(event: string): "gate_changed" {
  return event.replace(".", "_") as "gate_changed";
}
