import { createHash } from "node:crypto";

/** Hexadecimal SHA-256 of a text in UTF-8: how the statistics name a document without keeping its text. */
export function textHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A uuid that depends on nothing but its seed. */
export function stableUuid(seed: string): string {
  const hex = textHash(seed);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number from 0 (inclusive) to 1 (exclusive) that depends on nothing but its seed. */
export function stableFraction(seed: string): number {
  return Number.parseInt(textHash(seed).slice(0, 12), 16) / 2 ** 48;
}
