import { z } from "zod";
import { nearestName } from "../settings/nearest-name.ts";
import { shown } from "../settings/settings-error.ts";
import { NAME_EXPECTED, NAME_PATTERN } from "./project-name.ts";
import type { NewRequest } from "./request.ts";
import type { ProjectError } from "./state.ts";

/** One thing to be done with a project, as it was asked over HTTP. */
export type ProjectWish = Pick<NewRequest, "modelLabel" | "deploymentName" | "ignoreThresholds" | "only"> & {
  action: "train" | "deploy" | "delete";
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
  /** The query of a DELETE; `code` is the function's key. */
  delete: z.strictObject({ model: name, deployment: name, code: z.string().optional() }),
} as const;

/**
 * Reads the options of a wish.
 * @param text JSON, or nothing
 */
export function readWish(action: ProjectWish["action"], text: string): ProjectWish | { problem: ProjectError } {
  const raw = text.trim() === "" ? {} : parseJson(text);
  switch (action) {
    case "train":
      return check(SCHEMAS.train, raw, ({ modelLabel }) => ({ action, modelLabel }));
    case "deploy":
      return check(SCHEMAS.deploy, raw, (options) => ({ action, ...options }));
    case "delete":
      return check(SCHEMAS.delete, raw, ({ model, deployment }) =>
        (model ?? deployment) === undefined ? { action } : { action, only: { model, deployment } },
      );
  }
}

function check<Options>(
  schema: z.ZodType<Options> & { shape: object },
  raw: unknown,
  make: (options: Options) => ProjectWish,
): ProjectWish | { problem: ProjectError } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return make(parsed.data);
  const known = Object.keys(schema.shape).filter((key) => key !== "code");
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      return [{ where: issue.path.join("."), found: shown(valueIn(raw, issue.path[0])), expected: issue.message }];
    }
    return issue.keys.map((key) => {
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? {} : { hint: `Did you mean ${shown(nearest)}?` };
      return { where: key, found: "a name unknown here", expected: `one of ${known.join(", ")}`, ...hint };
    });
  });
  const message = problems.map(
    ({ where, found, expected }) => `${where || "the body"}: found ${found}, expected ${expected}`,
  );
  const hint = `Options are ${known.join(", ")}; all may be left out.`;
  return { problem: { code: "InvalidOptions", message: message.join("; "), hint, problems } };
}

function valueIn(raw: unknown, key: PropertyKey | undefined): unknown {
  if (key === undefined) return raw;
  return typeof raw === "object" && raw !== null ? (raw as Record<PropertyKey, unknown>)[key] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
