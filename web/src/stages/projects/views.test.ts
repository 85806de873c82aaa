import { describe, expect, it } from "vitest";
import { shownColumns, viewQuery } from "./views";

describe("the address of a list", () => {
  it("keeps filters and columns in a fixed order, and nothing else", () => {
    const search = new URLSearchParams("item=7&q=plate&cols=name,state&check=dark&empty=");
    expect(viewQuery(search, ["check", "q", "empty"])).toBe("check=dark&q=plate&cols=name%2Cstate");
  });

  it("shows all columns unless it names known ones", () => {
    const all = ["name", "state", "size"];
    expect([...shownColumns(new URLSearchParams(""), all)]).toEqual(all);
    expect([...shownColumns(new URLSearchParams("cols=secret"), all)]).toEqual(all);
    expect([...shownColumns(new URLSearchParams("cols=size,secret"), all)]).toEqual(["size"]);
  });
});
