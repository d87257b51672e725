/** What a document of the simulation is like. */
export type DocumentKind = "ok" | "bad" | "empty" | "unmatched" | "long";

/** The service of a run refuses every text that has it. */
export const BAD = "NOTACCEPTABLE";

const WORDS = [
  "delivery",
  "invoice",
  "printer",
  "contract",
  "meeting",
  "payment",
  "battery",
  "garden",
  "ticket",
  "river",
];

/** A text that stands for one version of one document and no other. */
export function textOf(kind: DocumentKind, name: string, version: number): string {
  if (kind === "empty") return "";
  const words = WORDS.map((word, index) => `${word}${(version + index) % 3 === 0 ? "s" : ""}`).join(" ");
  const text = `Secret of ${name} in version ${version}: the ${words} came late. It was good.`;
  if (kind === "bad") return `${text} ${BAD}`;
  return kind === "long" ? `${text} ${`The ${words} came. `.repeat(1_600)}` : text;
}
