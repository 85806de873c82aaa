import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import { RouteError } from "./RouteError";

/** A page file default-exports its component; it is loaded when its address is first opened. */
type Page = () => Promise<{ default: ComponentType }>;

/** One line per page. Addresses are stable: people paste them in chats. */
const pages: Record<string, Page> = {
  "/": () => import("./HomePage"),
  "*": () => import("./NotFoundPage"),
};

export const routes: RouteObject[] = Object.entries(pages).map(([path, page]) => ({
  path,
  lazy: async () => ({ Component: (await page()).default }),
  errorElement: <RouteError />,
  hydrateFallbackElement: <div />,
}));
