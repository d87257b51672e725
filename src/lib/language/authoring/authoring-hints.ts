import type { Asked, Verdict } from "../errors/classify.ts";

/** What is asked of authoring, and how a refusal is told: `The Language service refused to …`. @param endpoint the Language resource, for the hint about rights */
export function askedFor(action: AuthoringAction, endpoint: string): Asked {
  return {
    purpose: action === "poll" ? "pollAuthoring" : "author",
    words: `to ${ACTION_WORDS[action]}`,
    hint: (verdict) => hintFor(verdict, action, endpoint),
  };
}

function hintFor({ class: errorClass, code, rule }: Verdict, action: AuthoringAction, endpoint: string) {
  if (rule === "Forbidden") return rightsHint(action, endpoint);
  return errorClass === "document" ? authoringHint(action, code) : ownHint(rule);
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
  | "poll"
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
  poll: "show the job",
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
  poll: "The job is asked about again, or found by its model.",
  list: SPELLING,
};

const BY_CODE: Readonly<Record<string, string>> = {
  ProjectNotFound: `Create the project first: drop its project.json, or PUT /api/projects/{name}. ${SPELLING}`,
  UnsupportedLanguageCode:
    "Set language in project.json (and of each document in the labels) to one that the service supports.",
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
