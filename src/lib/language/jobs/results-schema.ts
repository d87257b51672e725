import { z } from "zod";
import { lenientErrorSchema } from "../service-error.ts";

const idSchema = z.union([z.string(), z.number().transform(String)]);
const documentSchema = z.looseObject({ id: idSchema });
const refusalSchema = z.looseObject({ id: idSchema, error: lenientErrorSchema });

/** The entries of a list that can be read, so that a strange one does not spoil its neighbours; nothing for no list. */
export const readable = <Entry>(schema: z.ZodType<Entry>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const read = schema.safeParse(entry);
        return read.success ? [read.data] : [];
      }),
    );

/**
 * The results of one task: the same in every generation. What stands in a document is read later, one document at a
 * time. An entry that names no document is left out: the document it may be about then counts as not answered.
 */
export const resultsSchema = z.looseObject({
  documents: readable(documentSchema),
  errors: readable(refusalSchema),
  statistics: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
