import type { ServiceError } from "../analysis.ts";
import { ruleFor, UNKNOWN_RULE } from "../errors/code-rules.ts";
import { type ErrorClass, errorChain, LanguageError, readServiceError } from "../errors/language-error.ts";
import { type Answer, retryAfterSeconds } from "../transport.ts";

/** Codes that only sum up what is inside them. */
const SUMMARIES: ReadonlySet<string> = new Set(["InvalidRequest", "InvalidArgument", "BadRequest"]);

/** The most telling code of an error, and the service's words for it. */
export function authoringReason(error: ServiceError): { code: string; message: string } {
  const chain = errorChain(error).reverse();
  const telling = chain.find(({ code }) => !SUMMARIES.has(code)) ?? chain[0] ?? error;
  const words = chain.find(({ message }) => message !== "")?.message ?? "The service gave no reason";
  return { code: telling.code, message: words };
}

/**
 * The error for an answer of authoring that is not the hoped-for one. The classes are those of an analysis; `document`
 * means here that the request is refused for what it asks: the project file must change, trying again does not help.
 * @param endpoint the Language resource, for the hint about rights
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 */
export function authoringError(
  answer: Answer,
  { action, endpoint }: { action: AuthoringAction; endpoint: string },
  now = Date.now(),
): LanguageError {
  const { status, headers, requestId } = answer;
  const said = readServiceError(answer.body);
  const reason = said === undefined ? undefined : authoringReason(said);
  const { code: fallback, class: errorClass } = byStatus(status, action, reason?.code);
  const code = fallback === "JobNotFound" || !isWord(reason?.code) ? fallback : reason.code;
  const words = reason === undefined ? "" : `: ${reason.message}`;
  return new LanguageError({
    class: errorClass,
    code,
    message: `The Language service refused to ${ACTION_WORDS[action]} with HTTP ${status} (${code})${words}`,
    hint: hintFor(errorClass, { code, fallback }, { action, endpoint }),
    status,
    requestId,
    retryAfterSeconds: retryAfterSeconds(headers, now),
  });
}

/** A gateway repeats the HTTP status as the code; our word for it says more. */
function isWord(code: string | undefined): code is string {
  return code !== undefined && !/^\d+$/.test(code) && code !== "Unknown";
}

function byStatus(status: number, action: AuthoringAction, said?: string): { code: string; class: ErrorClass } {
  if (status < 300) return { code: "UnreadableResponse", class: "transient" };
  if (status < 400) return { code: "EndpointUnreachable", class: "blocked" };
  if (isUnknownPath(status, said)) return { code: "UnknownPath", class: "blocked" };
  if (status === 404 && action === "look") return { code: "JobNotFound", class: "transient" };
  if (status >= 500) return { code: "ServiceUnavailable", class: "transient" };
  return BY_STATUS[status] ?? { code: `Http${status}`, class: "document" };
}

/** True for the 404 of a gateway that knows no such path, which says nothing about a project. */
export function isUnknownPath(status: number, code: string | undefined): boolean {
  return status === 404 && code === "404";
}

const BY_STATUS: Readonly<Record<number, { code: string; class: ErrorClass }>> = {
  401: { code: "Unauthorized", class: "blocked" },
  403: { code: "Forbidden", class: "blocked" },
  404: { code: "NotFound", class: "document" },
  408: { code: "Timeout", class: "transient" },
  409: { code: "Conflict", class: "transient" },
  429: { code: "TooManyRequests", class: "throttled" },
};

function hintFor(
  errorClass: ErrorClass,
  { code, fallback }: { code: string; fallback: string },
  { action, endpoint }: { action: AuthoringAction; endpoint: string },
): string {
  if (fallback === "Forbidden") return rightsHint(action, endpoint);
  if (errorClass === "document") return authoringHint(action, code);
  return ownHint(fallback) ?? (ruleFor(fallback) ?? UNKNOWN_RULE).hint;
}

/** A success that cannot be understood. @param where what is missing or wrong in it */
export function unreadableAnswer(answer: Answer, action: AuthoringAction, where: string): LanguageError {
  const { class: errorClass, hint } = ruleFor("UnreadableResponse") ?? UNKNOWN_RULE;
  const { status, requestId } = answer;
  const message = `The Language service answered HTTP ${status} to "${ACTION_WORDS[action]}" with something else than expected (${where})`;
  return new LanguageError({ class: errorClass, code: "UnreadableResponse", message, hint, status, requestId });
}

/** What was asked of the service. */
export type AuthoringAction =
  | "create"
  | "import"
  | "train"
  | "cancel"
  | "evaluate"
  | "deploy"
  | "swap"
  | "deleteDeployment"
  | "deleteModel"
  | "deleteProject"
  | "look"
  | "list";

/** How a message names it: "The Language service refused to …". */
const ACTION_WORDS: Readonly<Record<AuthoringAction, string>> = {
  create: "create the project",
  import: "import the project",
  train: "train a model",
  cancel: "cancel the training",
  evaluate: "show the model's evaluation",
  deploy: "deploy the model",
  swap: "swap the deployments",
  deleteDeployment: "delete the deployment",
  deleteModel: "delete the model",
  deleteProject: "delete the project",
  look: "show the job",
  list: "show the project",
};

/**
 * Role definition ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning;
 * who needs which: https://learn.microsoft.com/azure/ai-services/language-service/concepts/role-based-access-control
 */
const LANGUAGE_OWNER = {
  name: "Cognitive Services Language Owner",
  id: "f07febfe-79bc-46b1-8b37-790e26e6e498",
} as const;

const STORAGE =
  "Check that the container exists in the storage account linked to the Language resource, and that the Language resource's own managed identity has the role Storage Blob Data Contributor there.";
const DEFINITION =
  "Check language, multilingual and kind in project.json, and the labels against the service's limits.";
const MODELS =
  "A project holds at most 10 models and trains one at a time (and the free tier trains one hour a month): delete models that no deployment needs, DELETE /api/projects/{name}?model=<label>.";
const DEPLOYMENTS =
  'A project holds at most 10 deployments (the free tier 1, which leaves no room for a swap: set "strategy": "replace").';
const SPELLING = "Check the name: upper and lower case count.";

/** What to do when the service refuses without a code that says more. */
const BY_ACTION: Readonly<Record<AuthoringAction, string>> = {
  create: `${STORAGE} ${DEFINITION}`,
  import: `${STORAGE} ${DEFINITION}`,
  train: `${MODELS} Check trainingConfigVersion, and that enough texts are labelled.`,
  cancel: "The training may have ended already.",
  evaluate: "A model has an evaluation only when its training and the test after it went well.",
  deploy: `${DEPLOYMENTS} ${SPELLING}`,
  swap: `Both deployments must exist. ${SPELLING}`,
  deleteDeployment: SPELLING,
  deleteModel: `A model that a deployment serves cannot be deleted. ${SPELLING}`,
  deleteProject: SPELLING,
  look: "The job is asked about again, or found by its model.",
  list: SPELLING,
};

const BY_CODE: Readonly<Record<string, string>> = {
  ProjectNotFound: `Create the project first: drop its project.json, or PUT /api/projects/{name}. ${SPELLING}`,
  UnsupportedLanguageCode:
    "Set language in project.json (and of each document in the labels) to one that the service supports.",
  UnknownPath:
    "Check that the endpoint is a Language resource in a region with authoring, and that apiVersion in project.json is a version it offers.",
  Conflict:
    "Nothing to do: the service does one thing at a time in a project; this is tried again when the other is done.",
  TooManyRequests:
    "Nothing to do: authoring takes 10 POST and 100 GET requests a minute and resource; this is tried again.",
};

/** What to do about a code that means the same whatever was asked; undefined for others. */
function ownHint(code: string): string | undefined {
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
}

/** What the reader of a refusal should do. */
export function authoringHint(action: AuthoringAction, code: string): string {
  return ownHint(code) ?? BY_ACTION[action];
}

/** What to do about a 403. @param endpoint the Language resource, the scope of the role */
function rightsHint(action: AuthoringAction, endpoint: string): string {
  const { name, id } = LANGUAGE_OWNER;
  const role = `Give the application's identity the role "${name}" (${id}) on the Language resource at ${endpoint} as its scope; a new role takes a few minutes. Check the resource's network rules.`;
  return action === "create" || action === "import" ? `${role} ${STORAGE}` : role;
}
