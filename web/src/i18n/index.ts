import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { LANGUAGES, type Language, resources } from "./resources";

const KEY = "tg_language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: (typeof resources)["zh"];
  }
}

function isLanguage(value: string | null): value is Language {
  return value !== null && (LANGUAGES as readonly string[]).includes(value);
}

/** The chosen language, else the browser's, else Chinese. */
export function initialLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "zh";
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "zh";
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  await i18next.changeLanguage(language);
}

export async function startI18n(language: Language = initialLanguage()): Promise<void> {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  await i18next.use(initReactI18next).init({
    resources,
    lng: language,
    fallbackLng: "zh",
    defaultNS: "common",
    ns: Object.keys(resources.zh),
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}
