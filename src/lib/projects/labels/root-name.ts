import { createHash } from "node:crypto";

/** Readable part of a copy's name, characters. */
const LONGEST_READABLE = 60;

/**
 * Name at the root of a container for a text in a folder: readable, of letters, digits and hyphens, and never the same
 * for two texts. The service asks for texts at the root and for plain names
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#document-limits).
 */
export function rootName(location: string): string {
  const readable = location
    .replace(/\.txt$/i, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, LONGEST_READABLE);
  const hash = createHash("sha256").update(location).digest("hex").slice(0, 10);
  return `${readable}-${hash}.txt`;
}
