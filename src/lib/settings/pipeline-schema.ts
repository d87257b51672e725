import { z } from "zod";
import { knownCharset } from "../documents/charsets.ts";
import type { TaskKind } from "../language/analysis.ts";
import { type ApiVersion, isNative, KNOWN_VERSIONS, kindsOf, parseApiVersion } from "../language/api-versions.ts";
import { endpointSchema, KEY_SETTING } from "./endpoint.ts";
import { parseGlob } from "./glob.ts";
import { rowSettingsSchema } from "./pipeline.ts";
import { TASK_PARAMETERS } from "./task-parameters.ts";

const NAME_EXPECTED =
  "1 to 40 lower-case letters, digits and single hyphens (the name becomes part of a queue's and an instance's name)";
const MATCH_EXPECTED = "a glob on the document's name without a leading slash, for example tickets/**";
const VERSION_EXPECTED = `a version of the service's wire: ${KNOWN_VERSIONS.join(", ")}, or a later date`;
const LANGUAGE_EXPECTED = 'the code of a language, for example "en" or "pt-BR", "detect" or "auto"';
const DEFAULT_LANGUAGE_EXPECTED = 'the code of a language, for example "en" or "pt-BR"';
/** Our limit: the service forgets a job after a day. */
const CANCEL_AFTER = { least: 1, most: 86_400 };
const CANCEL_AFTER_EXPECTED = `a number of seconds from ${CANCEL_AFTER.least} to ${CANCEL_AFTER.most}`;
const ENCODING_EXPECTED = 'the name of an encoding, for example "windows-1251", "koi8-r" or "shift_jis"';
const JSON_TEXT_EXPECTED =
  'the name of a field, for example "text", or a JSON pointer, for example "/ticket/description"';
const ATTACHMENTS_EXPECTED = '"listed" or "documents"';
const TASK_NAME_EXPECTED = "1 to 100 letters, digits, spaces and _ . -";
const TASKS_EXPECTED = "a list of at least one task";

/** A whole number with a range and a default. */
const whole = (unit: string, range: { min: number; max: number; default: number }, description: string) => {
  const { min, max } = range;
  const error = `a whole number of ${unit} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).describe(description).default(range.default);
};

const textRecords = (most: number, description: string) => {
  const error = `a whole number of text records from 1 to ${most}`;
  return z.int({ error }).min(1, { error }).max(most, { error }).describe(description).optional();
};

const ENDPOINTS_EXPECTED = "a list of at least one Language resource: { endpoint, keySetting }";
const KEY_SETTING_EXPECTED =
  "the name of an app setting that holds the key: LANGUAGE_KEY, or LANGUAGE_KEY_ with capital letters, digits and _ after it";

/** One of several Language resources of a pipeline. */
const resourceSchema = z.strictObject(
  {
    endpoint: endpointSchema.describe("Address of the Language resource."),
    keySetting: z
      .string({ error: KEY_SETTING_EXPECTED })
      .regex(KEY_SETTING, { error: KEY_SETTING_EXPECTED })
      .describe("App setting that holds the resource's key; absent: the application signs in with Microsoft Entra ID.")
      .optional(),
  },
  { error: ENDPOINTS_EXPECTED },
);

const taskName = z
  .string({ error: TASK_NAME_EXPECTED })
  .regex(/^[A-Za-z0-9_.-](?:[A-Za-z0-9 _.-]{0,98}[A-Za-z0-9_.-])?$/, { error: TASK_NAME_EXPECTED })
  .describe("Name of the task in the result; by default its kind in camelCase. Unique within the pipeline.")
  .optional();

/** A task as the file has it: its parameters stand beside its kind and name. */
const taskSchema = (kind: TaskKind, isKnown: (knownTo: (version: ApiVersion) => boolean) => boolean) => {
  const parameters = Object.entries(TASK_PARAMETERS[kind]).filter(([, { knownTo }]) => isKnown(knownTo));
  return z.strictObject({
    kind: z.literal(kind),
    name: taskName,
    ...Object.fromEntries(parameters.map(([name, { schema }]) => [name, schema])),
  });
};

/**
 * A pipeline as the file has it.
 * @param versions what `apiVersion` may be; kinds and parameters are those that at least one of them knows
 * @param apiVersion the schema of `apiVersion` itself
 */
function pipelineOf(versions: readonly ApiVersion[], apiVersion: z.ZodType<string>) {
  const kinds = [...new Set(versions.flatMap(kindsOf))];
  const tasks = kinds.map((kind) => taskSchema(kind, (knownTo) => versions.some(knownTo)));
  const [first, ...others] = tasks;
  if (first === undefined) throw new RangeError("A version of the wire that knows no kind of task");
  return z.strictObject(
    {
      name: z
        .string({ error: NAME_EXPECTED })
        .max(40, { error: NAME_EXPECTED })
        .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: NAME_EXPECTED })
        .describe("Name of the pipeline; results are written under it."),
      match: z
        .string({ error: MATCH_EXPECTED })
        .refine((glob) => !glob.startsWith("/") && parseGlob(glob) !== undefined, { error: MATCH_EXPECTED })
        .describe("Glob on the document's name in the input container, case-sensitive: which documents are analysed."),
      apiVersion: apiVersion.describe("Version of the Language service's wire."),
      language: z
        .string({ error: LANGUAGE_EXPECTED })
        .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$|^auto$|^detect$/, { error: LANGUAGE_EXPECTED })
        .describe(
          'Language of the documents; "detect": found out before they are sent, for a text record each; "auto": by the tasks themselves (previews). Absent: the service assumes English.',
        )
        .optional(),
      defaultLanguage: z
        .string({ error: DEFAULT_LANGUAGE_EXPECTED })
        .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, { error: DEFAULT_LANGUAGE_EXPECTED })
        .describe(
          'Language of a document whose own the service does not find out; with language "auto" or "detect" only.',
        )
        .optional(),
      cancelAfter: z
        .number({ error: CANCEL_AFTER_EXPECTED })
        .min(CANCEL_AFTER.least, { error: CANCEL_AFTER_EXPECTED })
        .max(CANCEL_AFTER.most, { error: CANCEL_AFTER_EXPECTED })
        .describe("Seconds after which the service cancels a job that is not done; its documents are sent again.")
        .optional(),
      tasks: z
        .array(z.discriminatedUnion("kind", [first, ...others], { error: "a task: an object with kind" }), {
          error: TASKS_EXPECTED,
        })
        .min(1, { error: TASKS_EXPECTED })
        .describe("The analyses; all go into the same jobs."),
      encoding: z
        .string({ error: ENCODING_EXPECTED })
        .refine((name) => knownCharset(name) !== undefined, { error: ENCODING_EXPECTED })
        .describe("Encoding of the documents, which must then be in it; absent: it is told from each document.")
        .optional(),
      redactedCopies: z
        .boolean({ error: "true or false" })
        .describe("True: the text that a PII task redacted is written beside the result, as a file of its own.")
        .optional(),
      json: z
        .strictObject({
          text: z
            .string({ error: JSON_TEXT_EXPECTED })
            .regex(/^(?:[^/].{0,199}|(?:\/(?:[^~/]|~[01]){0,100}){1,20})$/, { error: JSON_TEXT_EXPECTED })
            .describe("Where the text is: a JSON pointer, or the name of a field of the outermost object."),
        })
        .describe("How .json files are read; absent: each is analysed as it stands, as plain text.")
        .optional(),
      attachments: z
        .enum(["listed", "documents"], { error: ATTACHMENTS_EXPECTED })
        .describe(
          "Files attached to messages (.eml, .msg): listed in the text of the message, or put into the input container as documents of their own too; by default listed.",
        )
        .optional(),
      rows: rowSettingsSchema
        .describe(
          "Each document of the pipeline is a file of rows (.csv, .tsv, .jsonl), and each row is analysed as a document is.",
        )
        .optional(),
      maxTextRecordsPerDocument: textRecords(
        1_000_000,
        "A document that would be billed as more text records, over all tasks, is not sent; by default the app setting MAX_TEXT_RECORDS_PER_DOCUMENT.",
      ),
      maxTextRecordsPerDay: textRecords(
        100_000_000,
        "When more text records than this would be sent in a day (UTC), the pipeline waits for the next; by default the app setting MAX_TEXT_RECORDS_PER_DAY.",
      ),
      endpoint: endpointSchema
        .describe("Language resource of this pipeline; by default the app setting LANGUAGE_ENDPOINT.")
        .optional(),
      endpoints: z
        .array(resourceSchema, { error: ENDPOINTS_EXPECTED })
        .min(1, { error: ENDPOINTS_EXPECTED })
        .describe("Language resources that share the work of this pipeline; in place of endpoint.")
        .optional(),
      lanes: whole(
        "lanes",
        { min: 1, max: 64, default: 32 },
        "How many batches may be under way at once, at the most: as many are opened as there is work and the service takes.",
      ),
      maxWaitSeconds: whole(
        "seconds",
        { min: 0, max: 3600, default: 5 },
        "How long a document may wait for others to fill its job.",
      ),
    },
    { error: "a pipeline: an object with name, match, apiVersion and tasks" },
  );
}

const knownVersions = KNOWN_VERSIONS.flatMap((text) => parseApiVersion(text) ?? []);
const currentVersions = knownVersions.filter(({ generation }) => generation === "analyze-text");
const apiVersionSchema = z
  .string({ error: VERSION_EXPECTED })
  .refine((text) => parseApiVersion(text) !== undefined, { error: VERSION_EXPECTED });

/** Schemas by their version: making one takes as long as checking a hundred pipelines. */
const schemas = new Map<string, ReturnType<typeof pipelineOf>>();

/** The schema of a pipeline of one version; of any version of the current wire where the version itself is wrong. */
export function pipelineSchema(version: ApiVersion | undefined) {
  const key = version?.text ?? "";
  const schema = schemas.get(key) ?? pipelineOf(version === undefined ? currentVersions : [version], apiVersionSchema);
  schemas.set(key, schema);
  return schema;
}

/** The file around the pipelines; each of them is checked by the schema of its own version. */
export const fileSchema = z.strictObject(
  {
    $schema: z.string().optional(),
    pipelines: z
      .array(z.unknown(), { error: "a list of at least one pipeline" })
      .min(1, { error: "a list of at least one pipeline" }),
  },
  { error: "an object with pipelines" },
);

/** JSON schema (draft 7, which editors know best) of `pipelines.json`. */
export function pipelinesJsonSchema(): object {
  const dated = z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/)
    .meta({ examples: currentVersions.map(({ text }) => text) });
  const older = knownVersions.filter(({ generation }) => generation !== "analyze-text");
  const variants = [
    pipelineOf(currentVersions, dated).meta({ title: "Pipeline on the current wire" }),
    ...older.map((version) =>
      pipelineOf([version], z.literal(version.text))
        .omit({
          defaultLanguage: true,
          cancelAfter: true,
          ...(isNative(version.text) ? { encoding: true, redactedCopies: true, rows: true } : {}),
        })
        .meta({ title: `Pipeline on ${version.text}` }),
    ),
  ];
  const file = z
    .strictObject({
      $schema: z.string().optional(),
      pipelines: z.array(z.union(variants)).min(1).describe("Which documents are analysed, and how."),
    })
    .meta({ title: "Pipelines of language-batch" });
  return z.toJSONSchema(file, { io: "input", target: "draft-7" });
}
