import type { TypedData } from "./core-api.ts";

/**
 * How the real host hands values to the worker (`GrpcMessageConversionExtensions.ToRpc`): texts as `string`, bytes as
 * `bytes`, everything else as JSON. The library tries `JSON.parse` on a `string`, so the text `2024` arrives as the
 * number 2024, here as in Azure.
 */
export function toTypedData(value: unknown): TypedData {
  if (value === null || value === undefined) return {};
  if (typeof value === "string") return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  return { json: JSON.stringify(value) };
}

/** The bytes that an output binding writes for a value from the library; undefined when there is nothing to write. */
export function toBytes(data: TypedData): Buffer | undefined {
  if (data.bytes) return Buffer.from(data.bytes);
  const text = toText(data);
  return text === undefined ? undefined : Buffer.from(text);
}

/** The text of a value from the library; undefined when there is none. */
export function toText(data: TypedData): string | undefined {
  if (data.bytes) return Buffer.from(data.bytes).toString();
  return data.string ?? data.json ?? data.int?.toString() ?? data.double?.toString() ?? undefined;
}

/** A .NET `DateTimeOffset` in UTC as JSON has it. */
export function toOffsetTime(date: Date | undefined): string {
  return (date ?? new Date(Number.NaN)).getTime() >= 0
    ? (date as Date).toISOString().replace("Z", "+00:00")
    : "0001-01-01T00:00:00+00:00";
}
