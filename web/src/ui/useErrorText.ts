import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/errors";

interface ErrorText {
  text: string;
  /** The line to quote to somebody who can help; empty where there is nothing to quote. */
  code: string;
}

/** An error in the person's language: by code, else by status, else the server's English message. */
export function errorText(error: unknown): ErrorText {
  const t = i18next.getFixedT(null, "errors");
  if (!(error instanceof ApiError)) {
    return { text: t("unknown", { message: error instanceof Error ? error.message : String(error) }), code: "" };
  }
  const byStatus = `http_${error.status}`;
  const key = [error.code, byStatus].find((name) => i18next.exists(`errors:${name}`));
  // Codes come from the server at run time, so this one lookup can't be checked by the compiler.
  const lookup = t as unknown as (key: string, params: Record<string, unknown>) => string;
  const text = key ? lookup(key, error.params) : t("unknown", { message: error.message });
  return { text, code: error.requestId ? t("code", { code: error.code, request_id: error.requestId }) : "" };
}

/** As errorText, and redrawn when the language changes. */
export function useErrorText(error: unknown): ErrorText {
  useTranslation("errors");
  return errorText(error);
}
