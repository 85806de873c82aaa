import { currentLanguage } from "./index";

function locale(): string {
  return currentLanguage() === "zh" ? "zh-CN" : "en-GB";
}

/** 12480 -> "12,480". */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
}

/** 0.9641 -> "96.4%". */
export function formatPercent(share: number, digits = 1): string {
  return `${formatNumber(share * 100, digits)}%`;
}

/** Money is an integer count of fen: 12850 -> "¥128.50". */
export function formatFen(fen: number): string {
  const sign = fen < 0 ? "-" : "";
  return `${sign}¥${formatNumber(Math.abs(fen) / 100, 2)}`;
}

/** Seconds as people say them: 200 -> "3 min 20 s" / "3 分 20 秒". */
export function formatDuration(seconds: number): string {
  const chinese = currentLanguage() === "zh";
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string, string][] = [
    [Math.floor(whole / 86400), "天", "d"],
    [Math.floor((whole % 86400) / 3600), "小时", "h"],
    [Math.floor((whole % 3600) / 60), "分", "min"],
    [whole % 60, "秒", "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return chinese ? "0 秒" : "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, zh, en]) => `${count} ${chinese ? zh : en}`)
    .join(" ");
}

/** 01:12 for a running timer. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

export function formatDate(value: string | number | Date): string {
  return new Intl.DateTimeFormat(locale(), { year: "numeric", month: "short", day: "numeric" }).format(new Date(value));
}

export function formatDateTime(value: string | number | Date): string {
  return new Intl.DateTimeFormat(locale(), {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(new Date(value));
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
