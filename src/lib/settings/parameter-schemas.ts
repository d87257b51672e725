import { z } from "zod";
import { type ApiVersion, since } from "../language/api-versions.ts";

/** A parameter of a task, under the service's own name. */
export interface TaskParameter {
  schema: z.ZodType;
  /** Which versions of the wire know it. */
  knownTo: (version: ApiVersion) => boolean;
}

/** True for the preview that names a model by its `modelId`. */
export const isCt1 = (version: ApiVersion): boolean => version.text === "v3.1-preview.ct.1";
const notCt1 = (version: ApiVersion): boolean => !isCt1(version);

/** One of some words. */
export const choice = <const Values extends readonly [string, ...string[]]>(values: Values, description: string) =>
  z.enum(values, { error: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}` }).describe(description);
/** True or false. */
export const flag = (description: string) => z.boolean({ error: "true or false" }).describe(description);
/** A text that is not empty. @param expected completes "expected …" in a problem */
export const text = (expected: string, description: string) =>
  z.string({ error: expected }).min(1, { error: expected }).describe(description);
/** A list of at least one word. */
export const names = (expected: string, description: string) =>
  z
    .array(z.string({ error: expected }), { error: expected })
    .min(1, { error: expected })
    .describe(description);
/** An object, whose fields are the service's business. */
export const object = (expected: string, description: string) =>
  z.looseObject({}, { error: expected }).describe(description);
/** A list of such objects. */
export const objects = (expected: string, description: string) =>
  z.array(z.looseObject({}, { error: expected }), { error: expected }).describe(description);

/** https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#naming-limits; the specification allows up to 100 characters. */
export const modelName = (what: string, description: string) => {
  const error = `the ${what}: 1 to 100 letters, digits and _ . -`;
  return z
    .string({ error })
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, { error })
    .describe(description);
};

/** The service refuses other counts ("Supported values 1 (min) to 20 (max)"). */
export const sentences = (description: string) => {
  const error = "a whole number of sentences from 1 to 20";
  return z.int({ error }).min(1, { error }).max(20, { error }).describe(description);
};

/** The service takes the number as a wish. */
export const aboutSentences = (description: string) => {
  const error = "a whole number of sentences, at least 1";
  return z.int({ error }).min(1, { error }).describe(description);
};

/** A parameter of every version but ct.1, which documents few. */
export const everywhere = (schema: z.ZodType): TaskParameter => ({ schema, knownTo: notCt1 });
/** A parameter of the versions from these dates on. */
export const from = (dates: { stable?: string; preview?: string }, schema: z.ZodType): TaskParameter => ({
  schema,
  knownTo: since(dates),
});
/** Of the previews from the first to the last of these dates. */
export const within = (first: string, last: string, schema: z.ZodType): TaskParameter => ({
  schema,
  knownTo: (version) => since({ preview: first })(version) && version.date <= last,
});
