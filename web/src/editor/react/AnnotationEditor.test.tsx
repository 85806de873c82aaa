import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { setLanguage, startI18n } from "../../i18n";
import { ACTIONS } from "../core/actions";
import type { EditorDocument } from "../core/editor";
import { BlankPicture } from "../core/picture";
import { TEST_SET, testBox, testGhost } from "../testing";
import { AnnotationEditor } from "./AnnotationEditor";
import type { AnnotationEditorProps } from "./types";

const context = new Proxy({} as Record<string, unknown>, {
  get: (target, key) =>
    key in target ? target[String(key)] : key === "measureText" ? () => ({ width: 40 }) : () => {},
  set: (target, key, value) => {
    target[String(key)] = value;
    return true;
  },
});

function documentOf(extra: Partial<EditorDocument> = {}): EditorDocument {
  const picture = new BlankPicture("plate.jpg", 400, 300);
  return { id: "l1", picture, labels: [], ghosts: [], nothing: false, seq: 0, readOnly: false, ...extra };
}

function show(props: Partial<AnnotationEditorProps> = {}) {
  const all: AnnotationEditorProps = {
    document: documentOf(),
    labelSet: TEST_SET,
    title: ["Steel", "v7"],
    save: { state: "idle" },
    theme: "dark",
    ...props,
  };
  return render(<AnnotationEditor {...all} />);
}

const press = (key: string, extra = {}) => act(() => void fireEvent.keyDown(window, { key, ...extra }));

beforeAll(() => startI18n("zh"));
beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    return Object.assign(context, { canvas: this }) as unknown as CanvasRenderingContext2D;
  } as never);
});
afterEach(async () => {
  cleanup();
  await setLanguage("zh");
});

describe("AnnotationEditor", () => {
  it("shows labels with keys, the list of shapes and the state of saving, in both languages", async () => {
    show({ document: documentOf({ labels: [testBox("a", 1, 2, 30, 40)] }), save: { state: "offline", pending: 14 } });
    expect(screen.getByText("离线，14 步已存本机", { exact: false })).toBeTruthy();
    expect(screen.getByText("本图 1")).toBeTruthy();
    await act(() => setLanguage("en"));
    expect(screen.getByText("Offline, 14 changes kept", { exact: false })).toBeTruthy();
  });

  it("passes every command on with the annotation after it", () => {
    const onCommand = vi.fn();
    show({ document: documentOf({ ghosts: [testGhost("g", 5, 5)] }), onCommand });
    press("y");
    const [command, snapshot] = onCommand.mock.calls[0] ?? [];
    expect(command).toMatchObject({ seq: 1, name: "keep" });
    expect(snapshot().labels).toMatchObject([{ origin: "g", label: "patch", score: 0.62 }]);
  });

  it("refuses to submit an empty answer and says why, then submits what is there", () => {
    const onSubmit = vi.fn();
    show({ onSubmit, checks: { minWidth: 1, minHeight: 1, requireAny: true } });
    press("Enter");
    expect(onSubmit).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("还没有标注");
    press("0");
    expect(screen.queryByRole("alert")).toBeNull();
    press("Enter");
    expect(onSubmit).toHaveBeenCalledWith(
      { labels: [], ghosts: [], nothing: true },
      { pending: 0, kept: 0, corrected: 0, thrown: 0 },
    );
  });

  it("asks for a decision on each proposal and for required attributes", () => {
    const onSubmit = vi.fn();
    const document = documentOf({ labels: [testBox("a", 1, 2, 30, 40)], ghosts: [testGhost("g", 5, 5)] });
    show({ document, onSubmit, checks: { minWidth: 50, minHeight: 1, requireAny: true } });
    press("Enter");
    const text = screen.getByRole("alert").textContent ?? "";
    expect(text).toContain("1 个模型建议");
    expect(text).toContain("只有 30 × 40 像素");
    expect(text).toContain("必填属性“degree”");
    expect(onSubmit).not.toHaveBeenCalled();
  });

  it("opens the next document in the same editor and keeps the class chosen", () => {
    const onPreferences = vi.fn();
    const view = show({ onPreferences });
    press("2");
    expect(onPreferences.mock.calls.at(-1)?.[0].settings.activeClass).toBe("patch");
    const next = documentOf({ id: "l2", labels: [testBox("b", 1, 1, 9, 9)] });
    view.rerender(
      <AnnotationEditor document={next} labelSet={TEST_SET} title={[]} save={{ state: "idle" }} theme="light" />,
    );
    expect(screen.getByText("本图 1")).toBeTruthy();
    expect(screen.getByRole("button", { name: /^patch/ }).getAttribute("aria-pressed")).toBe("true");
  });

  it("sets attributes by click, and hides nothing behind a modal", () => {
    show({ document: documentOf({ labels: [testBox("a", 1, 2, 30, 40)] }) });
    press("Tab");
    fireEvent.click(screen.getByRole("button", { name: /^medium/ }));
    expect(screen.getByRole("button", { name: /^medium/ }).getAttribute("aria-pressed")).toBe("true");
    press("/", { ctrlKey: true, code: "Slash" });
    expect(screen.getByLabelText("全部快捷键")).toBeTruthy();
    expect(document.querySelector("[role=dialog],.ant-modal")).toBeNull();
  });

  it("names every action in the list of shortcuts", () => {
    const missing = ACTIONS.map((action) => action.id.replace(/^nudge_[A-Za-z]+/, "nudge")).filter(
      (id) => !i18next.exists(`editor:actions.${id}`),
    );
    expect(missing).toEqual([]);
  });

  it("leaves no listener behind", () => {
    const add = vi.spyOn(window, "addEventListener");
    const remove = vi.spyOn(window, "removeEventListener");
    const view = show();
    view.unmount();
    const count = (spy: typeof add | typeof remove) =>
      spy.mock.calls.filter(([type]) => /key|blur|pointer/.test(String(type))).length;
    expect(count(add)).toBeGreaterThan(0);
    expect(count(add)).toBe(count(remove));
  });
});
