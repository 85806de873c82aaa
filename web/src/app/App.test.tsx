import { render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Me } from "../api/me";
import { setLanguage, startI18n } from "../i18n";
import { Providers } from "./Providers";
import { routes } from "./routes";

const ME = {
  id: "p1",
  name: "Li",
  organization: { id: "o1", name: "Mill" },
  projects: [],
} as unknown as Me;

vi.mock("../api/me", async (original) => ({
  ...(await original<typeof import("../api/me")>()),
  useMe: () => ({ data: ME, isPending: false, error: null }),
}));

beforeAll(async () => {
  await startI18n("zh");
});

describe("routes", () => {
  it("say so when an address does not exist, in the chosen language", async () => {
    const router = createMemoryRouter(routes, { initialEntries: ["/nowhere/at/all"] });
    render(
      <Providers>
        <RouterProvider router={router} />
      </Providers>,
    );
    expect(await screen.findByText("没有这个页面", {}, { timeout: 5000 })).toBeTruthy();
    await setLanguage("en");
    expect(await screen.findByText("No such page")).toBeTruthy();
  });
});
