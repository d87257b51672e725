import { z } from "zod";
import {
  KNOWN_AUTHORING_VERSIONS,
  PREVIEW_VERSION,
  PROJECT_KINDS,
  wireOf,
} from "../../language/authoring/authoring.ts";
import { ENDPOINT_EXPECTED, endpointSchema } from "../../settings/endpoint.ts";
import { NAME_EXPECTED, NAME_PATTERN } from "../names.ts";

const KIND_EXPECTED = `one of ${PROJECT_KINDS.join(", ")}`;
const VERSION_EXPECTED = `a version of authoring: ${KNOWN_AUTHORING_VERSIONS.join(", ")}, or a later date`;
const LANGUAGE_EXPECTED = 'the code of a language, for example "en-us"';
const CONTAINER_EXPECTED = "the name of a container: 3 to 63 lower-case letters, digits and single hyphens";
const ACCOUNT_EXPECTED = "the https address of a blob service, for example https://<account>.blob.core.windows.net";
const LABELS_EXPECTED =
  'the name of a labels file in the training container, one beside this file ("./labels.json"), or the labels themselves';
const SCORE_EXPECTED = "a number from 0 to 1";
const PERCENTAGE_EXPECTED = "a whole number from 1 to 99";

const flag = (description: string) =>
  z.boolean({ error: "true or false, without quotes" }).describe(description).default(false);
const name = (description: string) =>
  z.string({ error: NAME_EXPECTED }).regex(NAME_PATTERN, { error: NAME_EXPECTED }).describe(description);
const score = z.number({ error: SCORE_EXPECTED }).min(0, { error: SCORE_EXPECTED }).max(1, { error: SCORE_EXPECTED });
const percentage = z
  .int({ error: PERCENTAGE_EXPECTED })
  .min(1, { error: PERCENTAGE_EXPECTED })
  .max(99, { error: PERCENTAGE_EXPECTED });

const trainingSchema = z.strictObject(
  {
    modelLabel: name("Name of the model. By default each training makes one of its own (m and the time).").optional(),
    trainingConfigVersion: z
      .string({ error: '"latest" or a date' })
      .regex(/^(latest|\d{4}-\d{2}-\d{2}(-preview)?)$/, { error: '"latest" or a date' })
      .describe("Version of the service's training.")
      .default("latest"),
    evaluationOptions: z
      .strictObject(
        {
          kind: z
            .enum(["percentage", "manual"], { error: '"percentage" or "manual"' })
            .describe('How texts are kept back for the test: a share of them, or those labelled "dataset": "Test".')
            .default("percentage"),
          trainingSplitPercentage: percentage.optional(),
          testingSplitPercentage: percentage.optional(),
        },
        { error: "an object with kind" },
      )
      .optional(),
  },
  { error: "an object with modelLabel, trainingConfigVersion and evaluationOptions" },
);

const thresholdsSchema = z.strictObject(
  {
    macroF1: score.describe("Least mean of the classes' F1.").optional(),
    microF1: score.describe("Least F1 over all texts.").optional(),
    classes: z
      .record(z.string(), score, { error: "an object with scores by class" })
      .describe("Least F1 of single classes or entities.")
      .optional(),
  },
  { error: "an object with macroF1, microF1 and classes" },
);

const deploymentSchema = z.strictObject(
  {
    name: name("Name of the deployment.").default("production"),
    strategy: z
      .enum(["swap", "replace"], { error: '"swap" or "replace"' })
      .describe(
        "swap: the new model is deployed beside the serving one and then exchanged with it. replace: it is deployed in its place.",
      )
      .default("swap"),
    stagingName: name("Name of the second deployment of a swap; by default the name and -staging.").optional(),
  },
  { error: "an object with name and strategy" },
);

/** A project file (`project.json`). */
export const definitionSchema = z.strictObject(
  {
    $schema: z.string().optional(),
    kind: z.enum(PROJECT_KINDS, { error: KIND_EXPECTED }).describe("Kind of the project."),
    apiVersion: z
      .string({ error: VERSION_EXPECTED })
      .refine((text) => wireOf(text) !== undefined, { error: VERSION_EXPECTED })
      .describe(`Version of authoring: a date, or ${PREVIEW_VERSION}.`)
      .default("2023-04-01"),
    description: z.string({ error: "a text" }).describe("For people.").optional(),
    endpoint: endpointSchema
      .describe(`Language resource of this project, ${ENDPOINT_EXPECTED}; by default LANGUAGE_ENDPOINT.`)
      .optional(),
    language: z
      .string({ error: LANGUAGE_EXPECTED })
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, { error: LANGUAGE_EXPECTED })
      .describe("Language of most texts."),
    multilingual: flag("True when the texts are in several languages."),
    settings: z
      .looseObject(
        { confidenceThreshold: score.describe("Below it a single-label model answers None.").optional() },
        { error: "an object" },
      )
      .describe("Settings of the project, as the service names them.")
      .optional(),
    container: z
      .string({ error: CONTAINER_EXPECTED })
      .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/, { error: CONTAINER_EXPECTED })
      .describe("Container with the training texts, in the storage account linked to the Language resource."),
    storageAccount: z
      .string({ error: ACCOUNT_EXPECTED })
      .refine((text) => URL.canParse(text) && /^https:\/\/[^/?#]+\/?$/.test(text), { error: ACCOUNT_EXPECTED })
      .describe("Blob service of that account, where it is not the application's own; read with Microsoft Entra ID.")
      .optional(),
    labels: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())], { error: LABELS_EXPECTED })
      .describe(`Labels: ${LABELS_EXPECTED}. Absent: the project is labelled already.`)
      .optional(),
    labelsFromFolders: flag(
      "True: each folder of the container is a class, the texts in it are of that class. They are copied to the container's root, where the service looks for texts.",
    ),
    training: trainingSchema.optional(),
    thresholds: thresholdsSchema.describe("Scores below which a model is not deployed.").optional(),
    deployment: deploymentSchema.describe("Absent: the model is trained and evaluated, not deployed.").optional(),
  },
  { error: "an object with kind, language and container" },
);

/** A project file as written. */
export type RawDefinition = z.output<typeof definitionSchema>;

/** JSON schema (draft 7, which editors know best) of `project.json`. */
export function projectJsonSchema(): object {
  const schema = definitionSchema.meta({ title: "Project of language-batch" });
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" });
}
