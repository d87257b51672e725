import { z } from "zod";
import { reasonSchema as storedReason } from "../common/hold.ts";
import { isBlobName } from "../storage/blobs.ts";

/** How many; never fewer than none. */
export const count = z.int().min(0);

/** Times are ISO 8601 in UTC. */
export const timeSchema = z.string().describe("ISO 8601, UTC");

/** Why something is held up, and what to do. */
export const reasonSchema = storedReason.meta({ id: "Reason" });

/** An answer that says what is wrong: RFC 9457. */
export const problemSchema = z
  .looseObject({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe("For programs; it never changes."),
    hint: z.string().describe("What to do."),
    problems: z.array(z.looseObject({})).optional().describe("Each thing that is wrong, where there may be several."),
  })
  .meta({ id: "Problem" });

/** How many entries of a list one answer has. */
export function limitSchema(most: number, fallback: number) {
  const error = `a whole number from 0 to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(0, { error }).max(most, { error }).default(fallback);
}

export const cursorSchema = z.string().max(4_000).optional().describe("nextCursor of the answer before.");

export const nextCursorSchema = z
  .string()
  .optional()
  .describe("Present while there is more, also after a page that is short or empty.");

/** Name of a pipeline in a query; whether there is such a one is looked up. */
export const pipelineParameter = z.string().max(100).optional();

const PREFIX_EXPECTED =
  "the beginning of a document's name: at most 1,024 characters and 254 segments, none of them . or ..";

/** Beginning of a document's name. */
export const prefixParameter = z
  .string()
  .refine(isBlobName, { error: PREFIX_EXPECTED, params: { code: "InvalidName" } })
  .optional()
  .describe("Only documents whose name begins so.");

/** A choice of the query that is off unless it is `true`. */
export const flagParameter = z
  .enum(["true", "false"], { error: "true or false" })
  .default("false")
  .transform((text) => text === "true");

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const SPAN = /^(\d{1,6})([smhd])$/;
const AGE_EXPECTED = "how long ago: 2h (at least), ..2h (at most) or 1h..2d, in s, m, h or d";

/** How long ago something happened, in seconds; both ends belong to it. */
export interface Age {
  least: number;
  most: number;
}

/** `2h`: at least so long ago; `..2h`: at most; `1h..2d`: between. */
export const ageParameter = z
  .string()
  .optional()
  .transform((text, context): Age | undefined => {
    if (text === undefined) return undefined;
    const [first = "", last, ...more] = text.split("..");
    const least = first === "" && last !== undefined ? 0 : secondsOf(first);
    const most = last === undefined || last === "" ? Number.MAX_SAFE_INTEGER : secondsOf(last);
    if (least !== undefined && most !== undefined && more.length === 0 && least <= most && text !== "..")
      return { least, most };
    context.addIssue({ code: "custom", message: AGE_EXPECTED });
    return z.NEVER;
  })
  .describe(AGE_EXPECTED);

function secondsOf(text: string): number | undefined {
  const [, amount, unit] = SPAN.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
}

const cursorText = z.base64url();

/** What a cursor holds, as text that means nothing to its holder. */
export function writeCursor(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** @returns undefined for a text that is no cursor of this schema */
export function readCursor<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  if (!cursorText.safeParse(text).success) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
