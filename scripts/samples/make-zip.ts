import { strToU8, type Zippable, zipSync } from "fflate";

/** A ZIP archive of texts and bytes, the same bytes each time. */
export function makeZip(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const entries: Zippable = {};
  for (const [name, content] of Object.entries(files)) {
    entries[name] = [
      typeof content === "string" ? strToU8(content) : content,
      { mtime: new Date("1980-01-01T00:00:00") },
    ];
  }
  return zipSync(entries, { level: 6 });
}
