import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { isTooDeep } from "../common/json-file.ts";
import { nearestName, quote, valueAt } from "../common/problems.ts";
import { VersionedJson } from "../storage/versioned-json.ts";
import { NAME_EXPECTED, NAME_PATTERN, projectWork } from "./names.ts";
import type { ProjectError } from "./state.ts";

/**
 * What somebody wants to be done with a project.
 * - `apply`: everything its project file says: create, train, evaluate, deploy.
 * - `train`: a model from the labels that the service has, without deploying it.
 * - `deploy`: a trained model.
 * - `renew`: a new model from the labels that the service has, on the service's current training configuration, deployed
 *   if it is as good as the one that serves.
 * - `delete`: the project, or one model or deployment of it.
 */
const commandSchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** Two requests with the same id are one; of `apply` it is the project file's ETag. */
  id: z.string(),
  action: z.enum(["apply", "train", "deploy", "renew", "delete"]),
  /** ISO 8601. */
  at: z.string(),
  /** ETag of the last project file that somebody wanted to be carried out. */
  definitionEtag: z.string().optional(),
  /** `train`, `renew`: name of the model to be; `deploy`: of the trained one, by default the last. */
  modelLabel: z.string().optional(),
  /** `deploy`, `renew`: name of the deployment, by default the project file's. */
  deploymentName: z.string().optional(),
  /** `deploy`: true to deploy whatever the scores. */
  ignoreThresholds: z.boolean().optional(),
  /** `delete`: only this. */
  only: z.object({ model: z.string().optional(), deployment: z.string().optional() }).optional(),
});

/** What was asked for last, and is or will be carried out. */
export type QueuedCommand = z.output<typeof commandSchema>;

/** The last command for a project; undefined before the first. */
export function queuedCommand(work: ContainerClient, project: string): VersionedJson<QueuedCommand | undefined> {
  return new VersionedJson(work, projectWork.command(project), commandSchema, () => undefined);
}

/** True for the deletion of a whole project. */
export function deletesProject({ action, only }: Pick<QueuedCommand, "action" | "only">): boolean {
  return action === "delete" && only === undefined;
}

/** One thing to be done with a project, as it was asked over HTTP. */
export type ProjectCommand = Pick<QueuedCommand, "modelLabel" | "deploymentName" | "ignoreThresholds" | "only"> & {
  action: "train" | "deploy" | "renew" | "delete";
};

const name = z.string({ error: NAME_EXPECTED }).regex(NAME_PATTERN, { error: NAME_EXPECTED }).optional();
const YES_OR_NO = "true or false";

const SCHEMAS = {
  train: z.strictObject({ modelLabel: name }),
  deploy: z.strictObject({
    modelLabel: name,
    deploymentName: name,
    ignoreThresholds: z.boolean({ error: YES_OR_NO }).optional(),
  }),
  renew: z.strictObject({ modelLabel: name, deploymentName: name }),
  /** The query of a DELETE; `code` is the function's key. */
  delete: z.strictObject({ model: name, deployment: name, code: z.string().optional() }),
} as const;

/**
 * Reads the options of a command.
 * @param text JSON, or nothing
 */
export function parseCommand(
  action: ProjectCommand["action"],
  text: string,
): ProjectCommand | { problem: ProjectError } {
  const raw = text.trim() === "" ? {} : parseJson(text);
  switch (action) {
    case "train":
      return check(SCHEMAS.train, raw, ({ modelLabel }) => ({ action, modelLabel }));
    case "deploy":
      return check(SCHEMAS.deploy, raw, (options) => ({ action, ...options }));
    case "renew":
      return check(SCHEMAS.renew, raw, (options) => ({ action, ...options }));
    case "delete":
      return check(SCHEMAS.delete, raw, ({ model, deployment }) =>
        (model ?? deployment) === undefined ? { action } : { action, only: { model, deployment } },
      );
  }
}

function check<Options>(
  schema: z.ZodType<Options> & { shape: object },
  raw: unknown,
  make: (options: Options) => ProjectCommand,
): ProjectCommand | { problem: ProjectError } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return make(parsed.data);
  const known = Object.keys(schema.shape).filter((key) => key !== "code");
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      return [{ where: issue.path.join("."), found: quote(valueAt(raw, issue.path)), expected: issue.message }];
    }
    return issue.keys.map((key) => {
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? {} : { hint: `Did you mean ${quote(nearest)}?` };
      return { where: key, found: "a name unknown here", expected: `one of ${known.join(", ")}`, ...hint };
    });
  });
  const message = problems.map(
    ({ where, found, expected }) => `${where || "the body"}: found ${found}, expected ${expected}`,
  );
  const hint = `Options are ${known.join(", ")}; all may be left out.`;
  return { problem: { code: "InvalidOptions", message: message.join("; "), hint, problems } };
}

function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? text : JSON.parse(text);
  } catch {
    return text;
  }
}
