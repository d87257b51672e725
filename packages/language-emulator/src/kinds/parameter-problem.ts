import type * as z from "zod";

/** Names that the service prints in another spelling than the parameter has. */
const PRINTED_NAMES: Readonly<Record<string, string>> = { modelVersion: "model-version" };

/**
 * The first problem of a task's parameters, worded as recorded for an unknown model version (values in a list) and for
 * a summary of too many sentences (a range, which the schema's message states).
 */
export function parameterProblem(kind: string, error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "Invalid parameter in request";
  const path = issue.path.map(String).join(".") || "parameters";
  const name = PRINTED_NAMES[path] ?? path;
  if (issue.input === undefined) {
    return `Job task: '${kind}' failed with validation error: The ${name} field is required.`;
  }
  const value = typeof issue.input === "object" ? JSON.stringify(issue.input) : String(issue.input);
  const refusal = `parameter value ${value} is not supported for ${name} parameter for job task type ${kind}.`;
  if (issue.code === "invalid_value") return `Job task ${refusal} Supported values ${issue.values.join(",")}.`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    return `Job task: '${kind}' failed with validation error: Job task ${refusal} ${issue.message}`;
  }
  return `Job task: '${kind}' failed with validation error: Job task ${refusal}`;
}
