import { z } from "zod";

const COLUMN_EXPECTED = "the name of a column (or of a field of a JSON line), or a column's number from 1 on";
const DELIMITER_EXPECTED = 'one ASCII character between two fields, for example ";" or "\\t"';
const QUOTE_EXPECTED = 'one ASCII character around a field, or "" where none has a meaning';
/** A part is a lane's batch: its rows are in memory together, and in one file of results. */
const PART = { min: 25, max: 5_000, default: 500 };
const PART_EXPECTED = `a whole number of rows from ${PART.min} to ${PART.max}`;

const columnSchema = z.union(
  [z.string({ error: COLUMN_EXPECTED }).min(1).max(500), z.int({ error: COLUMN_EXPECTED }).min(1).max(10_000)],
  { error: COLUMN_EXPECTED },
);

/** `rows` of a pipeline: each of its documents is a file of rows, and each row is analysed as a document is. */
export const rowSettingsSchema = z
  .strictObject(
    {
      text: columnSchema.describe("Column that holds the text of a row; in JSON lines a field, or a path like a.b."),
      id: columnSchema
        .describe("Column that names a row; absent: a row is known by its text alone when a file is dropped again.")
        .optional(),
      delimiter: z
        .string({ error: DELIMITER_EXPECTED })
        .regex(/^[\t -~]$/, { error: DELIMITER_EXPECTED })
        .describe("Character between two fields of a CSV file; absent: it is found out.")
        .optional(),
      quote: z
        .string({ error: QUOTE_EXPECTED })
        .regex(/^[!-~]?$/, { error: QUOTE_EXPECTED })
        .describe('Character around a field of a CSV file; "": none.')
        .default('"'),
      header: z
        .boolean({ error: "true or false" })
        .describe("Whether the first line of a CSV file names its columns.")
        .default(true),
      rowsPerPart: z
        .int({ error: PART_EXPECTED })
        .min(PART.min, { error: PART_EXPECTED })
        .max(PART.max, { error: PART_EXPECTED })
        .describe("Rows of one part of a file: what a lane takes at a time, and one file of results.")
        .default(PART.default),
      unchanged: z
        .enum(["keep", "analyse"], { error: '"keep" or "analyse"' })
        .describe("What becomes of rows that are the same in a file that is dropped again: their results stay, or not.")
        .default("keep"),
    },
    { error: "an object with text, the column that holds a row's text" },
  )
  .superRefine(({ header, text, id }, context) => {
    if (header) return;
    for (const [key, column] of Object.entries({ text, id })) {
      if (typeof column !== "string") continue;
      context.addIssue({ code: "custom", path: [key], message: "the number of a column, since header is false" });
    }
  });

/** How the rows of a pipeline's files are read and cut. */
export type RowSettings = z.output<typeof rowSettingsSchema>;
