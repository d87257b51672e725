import type { Money } from "./answers.ts";

const NUMBER = new Intl.NumberFormat("en");
const ROUGH = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** `12,345` */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** `1 document`, `12 documents` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** With one digit after the point where it matters: `0.4`, `12`, `1,234`. */
export function rate(value: number): string {
  return value >= 10 ? count(Math.round(value)) : ROUGH.format(value);
}

/** `$3.20`; tiny amounts keep their first digits, so that something is never shown as nothing. */
export function money({ amount, currency }: Money): string {
  const digits = amount > 0 && amount < 0.01 ? { maximumSignificantDigits: 1 } : {};
  return new Intl.NumberFormat("en", { style: "currency", currency, ...digits }).format(amount);
}

/** `34%`, `<1%` */
export function percent(share: number): string {
  return share > 0 && share < 0.01 ? "<1%" : `${Math.round(share * 100)}%`;
}

const UNITS: readonly [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** The two largest units that say something: `3 d 4 h`, `12 min`, `0 s`. */
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first === -1) return "0 s";
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + (first === UNITS.length - 1 ? 1 : 2))) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0 && !(unit === "s" && parts.length > 0)) parts.push(`${whole} ${unit}`);
  }
  return parts.join(" ");
}

/** `14:05` today, with the date on another day; the reader's own time zone. */
export function clock(iso: string, now: number): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })}, ${time}`;
}

/** `28 Nov 2026` */
export function day(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}
