import { type ErrorClass, LanguageError, type LanguageErrorInit } from "./language-error.ts";

/** What an error code means for the documents, and what its reader should do. */
export interface CodeRule {
  class: ErrorClass;
  hint: string;
  /** False when the code blames a document or a setting, and only a trial tells which. */
  certain?: false;
}

const TRY_AGAIN = "Nothing to do: it is tried again. If it keeps happening, look at the health of the Azure region.";
const WAIT = "Nothing to do: the lane waits and goes on. More lanes do not help; another Language resource does.";
const RIGHTS =
  "Give the application's identity the role \"Cognitive Services Language Reader\" on the Language resource, and check the resource's network rules and quota.";
const SIGN_IN =
  "Check LANGUAGE_KEY and that it belongs to this endpoint; Microsoft Entra ID needs the endpoint with the resource's own subdomain (https://<name>.cognitiveservices.azure.com).";
const PROJECT =
  "Check projectName and deploymentName of the task in pipelines.json (upper and lower case count), and that the model is deployed to this Language resource.";
const PARAMETER =
  "Correct the parameters of the task in pipelines.json: the message names the parameter and what it may be.";
const BODY = "Check that apiVersion in pipelines.json is a version this Language resource offers for the task.";
const DOCUMENT =
  "Check that the document holds text, is in the pipeline's language, and is not too long; then drop it again.";
const LANGUAGE =
  "Set language of the pipeline in pipelines.json to one that the task supports, or route this document elsewhere.";
const PIPELINE_LANGUAGE =
  "Set language of the pipeline in pipelines.json to one that the task supports (the message may name them), or take the task out of the pipeline.";
const EXPIRED =
  "The deployment has expired: npm run project -- renew <project> trains and deploys a new model (without authoring: train and deploy again where the model was made). The documents wait.";
const LOST = "Nothing to do: the document is sent again.";

const transient = (hint = TRY_AGAIN): CodeRule => ({ class: "transient", hint });
const throttled: CodeRule = { class: "throttled", hint: WAIT };
const blocked = (hint: string): CodeRule => ({ class: "blocked", hint });
const document = (hint = DOCUMENT): CodeRule => ({ class: "document", hint });

/** A refusal whose code says nothing: the document is the likelier culprit, but a setting may be. */
export const UNKNOWN_RULE: CodeRule = {
  class: "document",
  hint: "The service did not say why. Compare the document with one that succeeds, and the task's parameters with the service's documentation.",
  certain: false,
};

/** Ours: the service refuses what it calls expired. */
export const EXPIRED_CODE = "DeploymentExpired";

/**
 * Codes of the service (`ErrorCode` and `InnerErrorCode` of its specification, and those seen in recorded traffic), and
 * our own. Codes that only sum up what is inside them (`InvalidRequest`, `InvalidArgument`) are left out on purpose.
 */
const RULES: Readonly<Record<string, CodeRule>> = {
  InvalidDocument: document(),
  InvalidDocumentBatch: document(),
  /** Said of a request whose documents did not arrive: what stands in between may have dropped them, for every job. */
  EmptyRequest: { ...document(), certain: false },
  MissingInputDocuments: { ...document(), certain: false },
  MissingInputRecords: { ...document(), certain: false },
  /** Whether it is the document's or the setting of all of them, a refusal at the door does not say. */
  UnsupportedLanguageCode: { ...document(LANGUAGE), certain: false },
  /** Ours: the same, where the pipeline set the language and no text of the job was taken in it. */
  UnsupportedPipelineLanguage: blocked(PIPELINE_LANGUAGE),

  InvalidParameterValue: blocked(PARAMETER),
  ModelVersionIncorrect: blocked(PARAMETER),
  InvalidCountryHint: blocked(PARAMETER),
  InvalidRequestBodyFormat: blocked(BODY),
  "404": blocked(BODY),
  /** Ours: a 404 of authoring by a gateway that knows no such path. */
  UnknownPath: blocked(
    "Check that the endpoint is a Language resource in a region with authoring, and that apiVersion in project.json is a version it offers.",
  ),
  NotFound: blocked(PROJECT),
  ProjectNotFound: blocked(PROJECT),
  DeploymentNotFound: blocked(PROJECT),
  ModelNotFound: blocked(PROJECT),
  AzureCognitiveSearchNotFound: blocked(RIGHTS),
  AzureCognitiveSearchIndexNotFound: blocked(RIGHTS),
  AzureCognitiveSearchIndexLimitReached: blocked(RIGHTS),
  Unauthorized: blocked(SIGN_IN),
  "401": blocked(SIGN_IN),
  PermissionDenied: blocked(RIGHTS),
  Forbidden: blocked(RIGHTS),
  "403": blocked(RIGHTS),
  AuthenticationTypeDisabled: blocked("Keys are switched off on this Language resource: remove LANGUAGE_KEY."),
  QuotaExceeded: blocked(
    "The quota of the Language resource is used up (the free tier allows 5,000 text records a month): move it to the S tier, or wait.",
  ),

  /** Read from words, so the canary has to confirm it before a lane stands still. */
  [EXPIRED_CODE]: { class: "document", hint: EXPIRED, certain: false },

  /** Of the gateway, not of the analysis: for one, a token sent to an endpoint without a subdomain of its own. */
  BadRequest: { class: "document", hint: SIGN_IN, certain: false },

  TooManyRequests: throttled,
  "429": throttled,
  AzureCognitiveSearchThrottling: throttled,

  InternalServerError: transient(),
  ServiceUnavailable: transient(),
  Timeout: transient(),
  Conflict: transient(),
  OperationNotFound: transient(LOST),

  JobNotFound: transient(LOST),
  JobExpired: transient(LOST),
  JobFailed: transient(LOST),
  TaskFailed: transient(LOST),
  TaskMissing: transient(LOST),
  TaskUnfinished: transient(LOST),
  TaskCancelled: transient(LOST),
  MissingAnswer: transient(LOST),
  NetworkError: transient(
    "Nothing to do: it is tried again. If it keeps happening, check the network between here and the endpoint.",
  ),
  /** The service has answered and will be paid: asking again buys the same answer. */
  UnreadableAnswer: document(
    "The service answered, but without what this task is asked for. Report the message with the version of this application; a document that is dropped again is analysed and paid again.",
  ),
  LanguageNotDetected: document("If it holds text, give the pipeline a defaultLanguage, then redrive it."),
  DocumentNotFound: document("If it should be analysed, drop it again."),
  /** Of a whole task: another version of the app may read it for as long as the service keeps it. */
  UnreadableTask: blocked(
    "The service answered in a way that this version of the application cannot read: report the message, and deploy a version that can; the answer is kept by the service for 24 hours.",
  ),
  /** Ours: the service took a job and did not say which. */
  NoJobNamed: blocked(
    "Check what stands between here and the Language resource (a gateway may drop or rewrite the header operation-location): the job runs, and is paid for, but its answers cannot be asked for.",
  ),
  UnreadableResponse: transient(
    "It is tried again. If it keeps happening, check that the endpoint is a Language resource, and report the message.",
  ),
  EndpointUnreachable: blocked(
    "Check LANGUAGE_ENDPOINT (or endpoint of the pipeline), name resolution, private endpoints and firewalls between here and it.",
  ),
  Redirected: blocked(
    "The endpoint leads elsewhere: set LANGUAGE_ENDPOINT (or endpoint of the pipeline) to the address of the Language resource itself.",
  ),
  CertificateRefused: blocked(
    "Check that the endpoint is the right host, and whether something in between (a proxy) presents a certificate of its own.",
  ),
  CredentialUnavailable: blocked(
    "Give the application a managed identity (or sign in with the Azure CLI on this machine), or set LANGUAGE_KEY.",
  ),
};

/** The rule for a code; undefined for a code that says nothing to us. */
export function ruleFor(code: string): CodeRule | undefined {
  return Object.hasOwn(RULES, code) ? RULES[code] : undefined;
}

/** An error under one of our own codes: class and hint come from the rule for the code. */
export function languageError(
  code: string,
  message: string,
  facts: Pick<LanguageErrorInit, "status" | "requestId"> = {},
): LanguageError {
  const { class: errorClass, hint } = ruleFor(code) ?? UNKNOWN_RULE;
  return new LanguageError({ class: errorClass, code, message, hint, ...facts });
}

/** What the reader of a failure record should do about an error code of the service, or of ours. */
export function hintFor(code: string): string {
  return (ruleFor(code) ?? UNKNOWN_RULE).hint;
}
