import { chooseClass, pressAttribute } from "../commands/labels";
import type { Editor } from "../editor";
import { type KeyInput, keyName } from "../keys";
import { type AttributeKey, attributeKeys, type LabelClass } from "../labelset";
import type { Action } from "./action";
import { ACTIONS, keysIn } from "./keymap";

export { ACTIONS };

/** The keys of an action: the person's own, else the default ones. */
export function keysOf(editor: Editor, action: Action): readonly string[] {
  return keysIn(editor.settings.values.keymap, action);
}

/** The key of a class: its own of the rulebook, else its place 1 to 9. */
export function classKey(editor: Editor, labelClass: LabelClass): string | null {
  if (labelClass.hotkey) return labelClass.hotkey.toUpperCase();
  const place = editor.labelSet.classes.indexOf(labelClass) + 1;
  const taken = editor.labelSet.classes.some((entry) => entry.hotkey === String(place));
  return place >= 1 && place <= 9 && !taken ? String(place) : null;
}

/** The keys of the attributes of the class under work: that of the first selected mark. */
export function activeAttributeKeys(editor: Editor): AttributeKey[] {
  const first = editor.firstSelected();
  if (!first) return [];
  const taken = new Set<string>();
  for (const action of ACTIONS) for (const key of keysOf(editor, action)) taken.add(key);
  for (const entry of editor.labelSet.classes) taken.add(classKey(editor, entry) ?? "");
  return attributeKeys(editor.labelClass(first.label.label), taken);
}

/**
 * One key press: attributes of the selected mark first, then classes, then commands.
 * @returns whether the key was used; the caller then keeps it from the browser.
 */
export function pressKey(editor: Editor, input: KeyInput): boolean {
  const name = keyName(input);
  if (!editor.readOnly) {
    const attribute = activeAttributeKeys(editor).find((entry) => entry.key === name);
    if (attribute) return pressAttribute(editor, attribute.attribute, attribute.value);
    const labelClass = editor.labelSet.classes.find((entry) => classKey(editor, entry) === name);
    if (labelClass) {
      chooseClass(editor, labelClass.key);
      return true;
    }
  }
  const action = ACTIONS.find((entry) => keysOf(editor, entry).includes(name));
  return action?.run(editor) ?? false;
}
