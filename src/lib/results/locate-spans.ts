import { toUtf16, type Utf16Converter } from "../documents/text-elements.ts";
import type { Fields } from "./merge/parts.ts";

export interface Located {
  content: Fields;
  /** How many spans bear a text that is not the document's text at their place. */
  mismatches: number;
}

/** Holds offsets, if any, in a system of its own (FHIR): left as it came. */
const FOREIGN = "fhirBundle";

/**
 * Moves every span of an answer (any object with `offset` and `length`, however deep: entities, sentences, targets,
 * assessments, matches, contexts) from the units that the task asked for and the chunk it is in, to UTF-16 code units of
 * the whole document. `maskOffset` and `maskLength` of personal data, from 2024-11-15-preview on, are places in the
 * answer's `redactedText` and stay there, in UTF-16 code units too.
 */
export function locateSpans(content: Fields, chunk: { offset: number; text: string }, units: Utf16Converter): Located {
  let mismatches = 0;
  const { redactedText } = content;
  const maskUnits = typeof redactedText === "string" ? toUtf16(redactedText, units.unit) : undefined;
  const located = moveFields(content);
  return { content: located, mismatches };

  function move(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(move);
    return typeof value === "object" && value !== null ? moveFields(value as Fields) : value;
  }

  function moveFields(fields: Fields): Fields {
    const moved: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(fields)) moved[key] = key === FOREIGN ? value : move(value);
    const { offset, length, text, maskOffset, maskLength } = fields;
    if (typeof offset === "number" && typeof length === "number") {
      const start = units.offset(offset);
      const end = units.offset(offset + length);
      moved.offset = chunk.offset + start;
      moved.length = end - start;
      if (typeof text === "string" && text !== chunk.text.slice(start, end)) mismatches++;
    }
    if (maskUnits !== undefined && typeof maskOffset === "number" && typeof maskLength === "number") {
      moved.maskOffset = maskUnits.offset(maskOffset);
      moved.maskLength = maskUnits.offset(maskOffset + maskLength) - maskUnits.offset(maskOffset);
    }
    return moved;
  }
}
