/** Fields that hold a JSON pointer into the answer. */
const POINTERS: ReadonlySet<string> = new Set(["ref", "targetRef"]);

/** `#/results/documents/3/entities/1` or `#/documents/3/entities/1`: everything up to the document is dropped. */
const TO_A_DOCUMENT = /^#\/(?:.*\/)?documents\/\d+\//;

/**
 * The same value with every pointer into a document of the answer made local to that document: `#/entities/1`,
 * `#/sentences/0/assessments/2`. The service counts documents within its page, which nobody else knows.
 */
export function localRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localRefs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      POINTERS.has(key) && typeof field === "string" ? field.replace(TO_A_DOCUMENT, "#/") : localRefs(field),
    ]),
  );
}
