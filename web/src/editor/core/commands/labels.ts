import { addLabel, type Change, type ItemChange, removeLabel, replaceLabel, setGhost } from "../changes";
import type { Editor } from "../editor";
import { carriedAttributes, defaultAttributes, type LabelClass } from "../labelset";
import { type Attributes, type AttributeValue, type Ghost, type Label, sameMark } from "../records";

/** "Nothing here" ends with the first label. */
function withSomething(editor: Editor, changes: Change[]): Change[] {
  if (!editor.store.nothing) return changes;
  const end: ItemChange = { table: "item", id: "nothing", before: true, after: false };
  return [...changes, end];
}

export function addLabels(editor: Editor, name: string, labels: readonly Label[]): boolean {
  if (labels.length === 0) return false;
  const done = editor.commit(name, withSomething(editor, labels.map(addLabel)));
  if (done) editor.selection.set(labels.map((label) => label.id));
  return done;
}

/** The parts of a new label that do not depend on its kind. */
export function newLabelBase(editor: Editor, labelClass: LabelClass) {
  return {
    id: editor.newId(),
    label: labelClass.key,
    attributes: defaultAttributes(labelClass),
    score: null,
    origin: null,
  };
}

/** A label made from a proposal; `corrected` ones no longer carry the model's confidence. */
export function fromGhost(editor: Editor, ghost: Ghost, label: Label, corrected: boolean): Label {
  return { ...label, id: editor.newId(), origin: ghost.id, score: corrected ? null : ghost.label.score };
}

/**
 * Changes marks, labels and proposals alike: a changed proposal becomes a label of one's own (corrected).
 * Returns whether anything was changed.
 */
export function editShapes(
  editor: Editor,
  name: string,
  ids: Iterable<string>,
  edit: (label: Label) => Label,
  mergeKey: string | null = null,
): boolean {
  const changes: Change[] = [];
  const renamed = new Map<string, string>();
  for (const id of ids) {
    const shape = editor.store.shape(id);
    if (!shape) continue;
    const after = edit(shape.label);
    if (after === shape.label) continue;
    const ghost = shape.ghost ? editor.store.ghosts.get(id) : undefined;
    if (ghost) {
      const label = fromGhost(editor, ghost, after, !sameMark(after, ghost.label));
      renamed.set(id, label.id);
      changes.push(setGhost(ghost, "taken"), addLabel(label));
    } else {
      // A person's change of class or place takes the model's confidence away.
      const scored = after.score !== null && !sameMark(shape.label, after) ? { ...after, score: null } : after;
      changes.push(replaceLabel(shape.label, scored));
    }
  }
  if (changes.length === 0) return false;
  const selected = [...editor.selection.ids].map((id) => renamed.get(id) ?? id);
  const done = editor.commit(name, renamed.size ? withSomething(editor, changes) : changes, mergeKey);
  if (done) editor.selection.set(selected);
  return done;
}

/** Deletes labels and throws proposals away. */
export function removeShapes(editor: Editor, ids: Iterable<string>): boolean {
  const changes: Change[] = [];
  for (const id of ids) {
    const label = editor.store.labels.get(id);
    const ghost = editor.store.ghosts.get(id);
    if (label) changes.push(removeLabel(label));
    else if (ghost?.state === "pending") changes.push(setGhost(ghost, "thrown"));
  }
  return editor.commit("remove", changes);
}

/** Chooses a class by key or click: for whole-item classes a switch, else for the selected marks and the next ones. */
export function chooseClass(editor: Editor, key: string): void {
  const labelClass = editor.labelClass(key);
  if (!labelClass) return;
  if (labelClass.kind === "class") {
    toggleItemClass(editor, labelClass);
    return;
  }
  editor.settings.set({ activeClass: key });
  editShapes(editor, "reclass", editor.selection.ids, (label) =>
    label.label === key || labelClass.kind !== label.kind
      ? label
      : { ...label, label: key, attributes: carriedAttributes(label.attributes, labelClass) },
  );
}

function toggleItemClass(editor: Editor, labelClass: LabelClass): void {
  const statements = editor.store.list().filter((label) => label.kind === "class");
  const same = statements.filter((label) => label.label === labelClass.key);
  if (same.length) {
    editor.commit("unclass", same.map(removeLabel));
    return;
  }
  const label: Label = { kind: "class", ...newLabelBase(editor, labelClass) };
  const replaced = editor.labelSet.severalClasses ? [] : statements.map(removeLabel);
  editor.commit("class", withSomething(editor, [...replaced, addLabel(label)]));
  editor.selection.set([label.id]);
}

/** Sets one attribute of the selected marks that have it; `undefined` clears it. */
export function setAttribute(editor: Editor, key: string, value: AttributeValue | undefined): boolean {
  return editShapes(editor, "attribute", editor.selection.ids, (label) => {
    const known = editor.labelClass(label.label)?.attributes.some((spec) => spec.key === key);
    return known && label.attributes[key] !== value
      ? { ...label, attributes: withAttribute(label.attributes, key, value) }
      : label;
  });
}

function withAttribute(attributes: Attributes, key: string, value: AttributeValue | undefined): Attributes {
  const rest = Object.entries(attributes).filter(([name]) => name !== key);
  return Object.fromEntries(value === undefined ? rest : [...rest, [key, value]]);
}

/** One press of an attribute's key: choices are set, several-choices and flags are switched. */
export function pressAttribute(editor: Editor, key: string, value: string | true): boolean {
  const first = editor.firstSelected();
  const spec = editor.labelClass(first?.label.label ?? null)?.attributes.find((entry) => entry.key === key);
  if (!first || !spec) return false;
  const current = first.label.attributes[key];
  if (spec.type === "flag") return setAttribute(editor, key, current !== true);
  if (spec.type === "multi" && typeof value === "string") {
    const list = Array.isArray(current) ? (current as readonly string[]) : [];
    return setAttribute(editor, key, list.includes(value) ? list.filter((item) => item !== value) : [...list, value]);
  }
  return setAttribute(editor, key, current === value && !spec.required ? undefined : value);
}

/** Says, or takes back, that the item holds nothing to label. Only while it has no labels. */
export function toggleNothing(editor: Editor): boolean {
  const before = editor.store.nothing;
  if (!before && editor.store.labels.size > 0) return false;
  const thrown = before ? [] : editor.store.pending().map((ghost) => setGhost(ghost, "thrown"));
  return editor.commit("nothing", [...thrown, { table: "item", id: "nothing", before, after: !before }]);
}
