import { z } from "zod";
import type { ServiceError } from "./analysis.ts";

/**
 * The error object of every generation of the wire; a code that came as a number is read as text, and none of its fields
 * can make it unreadable.
 */
export const serviceErrorSchema: z.ZodType<ServiceError> = z.looseObject({
  code: z.union([z.string(), z.number().transform(String)]).catch("Unknown"),
  message: z.string().catch(""),
  target: z.string().optional().catch(undefined),
  get innererror() {
    return serviceErrorSchema.optional().catch(undefined);
  },
});

/** An error among others: one that is no object says nothing, but that there was one counts. */
export const lenientErrorSchema: z.ZodType<ServiceError> = serviceErrorSchema.catch({ code: "Unknown", message: "" });

const envelopeSchema = z.object({ error: serviceErrorSchema });

/** The error in the body of a refused request; undefined when the body holds none. */
export function readServiceError(body: unknown): ServiceError | undefined {
  return envelopeSchema.safeParse(body).data?.error;
}

/** Cycles cannot come over JSON, but absurd depths can. */
const DEEPEST = 20;

/** An error and the ones inside it, from the outermost to the most specific. */
export function errorChain(error: ServiceError): ServiceError[] {
  const chain = [error];
  for (let inner = error.innererror; inner !== undefined && chain.length < DEEPEST; inner = inner.innererror) {
    chain.push(inner);
  }
  return chain;
}
