/** JSON as a test looks at it: fields of an object, none of them promised. */
export type Loose = Readonly<Record<string, unknown>>;

/** The objects in a list; none when there is no such list. */
export function list(value: Loose, field: string): Loose[] {
  const found = value[field];
  return Array.isArray(found) ? found : [];
}

/** A value deep inside another. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Loose | undefined)?.[key], value);
}

/** `{ certainty: "negative" }` as `certainty negative`. */
export function facts(value: unknown): string {
  return Object.entries(value as Loose)
    .filter(([, fact]) => typeof fact === "string")
    .map(([name, fact]) => `${name} ${fact}`)
    .join(" ");
}

/**
 * What a pointer of a task's answer points at, within that answer.
 * @throws Error when it points at nothing
 */
export function resolve(task: Loose, ref: unknown): Loose {
  const path = /^#\/(.+)$/.exec(String(ref))?.[1]?.split("/");
  const found = path === undefined ? undefined : at(task, ...path);
  if (typeof found !== "object" || found === null)
    throw new Error(`${String(ref)} points at nothing in task ${task.name}`);
  return found as Loose;
}

/** Every object inside a value, the value itself included. */
export function objectsIn(value: unknown): Loose[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== "object" || value === null) return [];
  return [value as Loose, ...Object.values(value).flatMap(objectsIn)];
}

/** Everything in an answer that names a place in the text; a FHIR bundle counts in a way of its own. */
export function spansIn(task: Loose): { offset: number; length: number; text?: string }[] {
  const { fhirBundle: _, chunks: __, error: ___, ...content } = task;
  return objectsIn(content).filter(
    (value): value is Loose & { offset: number; length: number } =>
      typeof value.offset === "number" && typeof value.length === "number",
  );
}

/** Places of an answer where the document's text is not the text that the answer gives. */
export function misplaced(task: Loose, text: string): unknown[] {
  return spansIn(task).filter(({ offset, length, text: quoted }) =>
    quoted === undefined ? offset + length > text.length : text.slice(offset, offset + length) !== quoted,
  );
}
