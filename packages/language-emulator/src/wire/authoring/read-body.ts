import type * as z from "zod";
import { jsonBody } from "../../http/call.ts";
import { invalidArgument } from "../../projects/refusals.ts";

/** Reads a body of authoring. @throws ServiceError 400 that names the first field that is not as it should be */
export function readBody<T>(schema: z.ZodType<T>, body: string): T {
  return checked(schema, jsonBody(body));
}

/** A value of a body, parsed. @throws ServiceError 400 that names the first field that is not as it should be */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "body";
  throw invalidArgument(`${field}: ${issue?.message ?? "invalid"}`, field);
}
