import { currentLanguage } from "../../i18n";

/** What the checks write down is English with figures; these are the same sentences in Chinese. */
const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/^brightness ([\d.]+) of 255, below ([\d.]+)/, "亮度 $1（满 255），低于 $2"],
  [/^contrast ([\d.]+), brightness ([\d.]+) of 255/, "对比度 $1，亮度 $2（满 255）"],
  [/^sharpness ([\d.]+), below ([\d.]+)/, "清晰度 $1，低于 $2"],
  [/^(\d+) x (\d+) px, usual is (\d+) x (\d+) px/, "$1 × $2 像素，通常是 $3 × $4"],
  [/^looks the same/, "看起来一样"],
  [/^the same bytes/, "字节完全相同"],
  [/^(\d+) labels; the first: (.*)/, "$1 个标注；第一个：$2"],
  [/; its labels differ from those of the other/, "；标注与另一张不同"],
  [/^group (.*): on (\S+) and on (\S+)/, "组 $1：同时在 $2 和 $3"],
  [/^the file cannot be read: /, "文件读不出来："],
  [/^left out of the source: /, "来源中跳过："],
];

/** The detail of a problem in the reader's language; what is not known stays as it was written. */
export function detailText(detail: string): string {
  if (currentLanguage() !== "zh") return detail;
  return CHINESE.reduce((text, [pattern, words]) => text.replace(pattern, words), detail);
}
