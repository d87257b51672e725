/** An object with the same keys and each value replaced; the keys keep their types. */
export function mapValues<Source extends object, To>(
  source: Source,
  change: (value: Source[keyof Source]) => To,
): { [Key in keyof Source]: To } {
  const changed = Object.entries(source).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as { [Key in keyof Source]: To };
}
