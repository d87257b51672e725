import type { ErrorBody } from "../http/service-error.ts";
import { type DetectedLanguage, detectLanguage } from "../kinds/detect-language.ts";
import type { Kind, PreparedTask, TaskScope } from "../kinds/kind.ts";
import { matchLanguage } from "../kinds/languages.ts";
import { convertSpans, countTextElements, positionMap } from "../text.ts";
import { type CheckedRequest, isBlank } from "./check-documents.ts";
import type {
  AnsweredDocument,
  JobPlan,
  JobRequest,
  JobTask,
  PlannedFailure,
  SubmittedDocument,
  SubmittedTask,
} from "./job.ts";

/** A task ready to be answered, or the reason why it will fail in the job. */
export type Preparation = PreparedTask | { failure: PlannedFailure };

/** Checks a task's parameters. @throws ServiceError when they refuse the whole request */
export function prepareTask(task: SubmittedTask, scope: TaskScope, planned: PlannedFailure | undefined): Preparation {
  try {
    const prepared = task.kind.prepare(task.parameters, scope);
    return planned === undefined ? prepared : { failure: planned };
  } catch (error) {
    if (error instanceof DeferredFailure) return { failure: error.failure };
    throw error;
  }
}

/** A task of a job with its answer, to be shown from `finishesAt` (milliseconds since 1970). */
export function buildTask(
  request: CheckedRequest,
  { task, preparation }: { task: SubmittedTask; preparation: Preparation },
  plan: JobPlan,
  finishesAt: number,
): JobTask {
  const common = {
    kind: task.kind.kind,
    ...(task.name === undefined ? {} : { name: task.name }),
    ...(task.list === undefined ? {} : { list: task.list }),
    pointer: task.pointer,
    finishesAt,
  };
  if ("failure" in preparation) {
    const { target = task.pointer, ...failure } = preparation.failure;
    return { ...common, about: {}, documents: [], failure: target === null ? failure : { ...failure, target } };
  }
  const errorId = plan.documentErrors?.id;
  return {
    ...common,
    ...(errorId === undefined ? {} : { errorId }),
    about: preparation.about,
    documents: answerTask(request, task.kind, preparation, plan),
  };
}

/** An answer to a task that nobody asked for, of a kind that no client knows. */
export function buildFutureTask(kind: string, { documents, tasks }: JobRequest, finishesAt: number): JobTask {
  return {
    kind,
    name: kind,
    list: `${kind}Tasks`,
    pointer: `#/tasks/items/${tasks.length}`,
    finishesAt,
    about: { modelVersion: "2099-01-01" },
    documents: documents.map(({ id }) => ({ id, characters: 0, content: { futureAnswer: ["?"] }, warnings: [] })),
  };
}

/** Letters from which on a word earns its document a warning (recorded wording of `LongWordsInDocument`). */
const LONG_WORD = /(?<![\p{L}\p{N}])[\p{L}\p{N}]{65,}/u;

/** Puts a prepared task to every document of a request. */
function answerTask(request: CheckedRequest, kind: Kind, prepared: PreparedTask, plan: JobPlan): AnsweredDocument[] {
  const refused = Math.ceil((plan.documentErrors?.share ?? 0) * request.documents.length);
  return request.documents.map((document, index) => {
    const base = { id: document.id, characters: document.characters, warnings: [] };
    if (plan.documentErrors !== undefined && index < refused) return { ...base, error: plan.documentErrors.error };
    if (document.refusal !== undefined) return { ...base, error: document.refusal };
    if (isBlank(document.text)) return { ...base, error: emptyText() };
    return { ...base, ...answerDocument(document, kind, prepared, request.detection) };
  });
}

function answerDocument(
  document: SubmittedDocument,
  kind: Kind,
  prepared: PreparedTask,
  detection: JobRequest["detection"],
): Pick<AnsweredDocument, "content" | "error" | "warnings"> {
  const { id, text, language: asked = "en" } = document;
  const detected = asked === "auto" && detection ? detectFor(text, detection.defaultLanguage) : undefined;
  const language = matchLanguage(detected?.detectedLanguage.iso6391Name ?? asked, kind.languages);
  if (language === undefined) {
    const tab = kind.kind.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
    return { error: unsupportedLanguage(asked, kind.languages, tab), warnings: [] };
  }
  const content = prepared.analyze({ id, text, language });
  const converted = convertSpans(content, positionMap(text, prepared.stringIndexType));
  return { content: { ...(converted as object), ...detected }, warnings: warningsFor(text, kind) };
}

function detectFor(
  text: string,
  fallback: string,
): { detectedLanguage: DetectedLanguage; isLanguageDefaulted: boolean } {
  const found = detectLanguage(text);
  return {
    detectedLanguage: found ?? { name: fallback, iso6391Name: fallback, confidenceScore: 0 },
    isLanguageDefaulted: found === undefined,
  };
}

/** From so many text elements on the health kinds look at a part of a document only. */
const WHOLE_HEALTH_DOCUMENT = 5_120;

function warningsFor(text: string, { kind }: Kind): AnsweredDocument["warnings"] {
  const health = kind === "Healthcare" || kind === "CustomHealthcare";
  return [
    ...(health && countTextElements(text) > WHOLE_HEALTH_DOCUMENT ? [truncated()] : []),
    ...(LONG_WORD.test(text) ? [longWords()] : []),
  ];
}

/** The code is recorded, the words are assumed. */
function truncated(): AnsweredDocument["warnings"][number] {
  const message = `The document is longer than ${WHOLE_HEALTH_DOCUMENT} text elements; the rest was not looked at.`;
  return { code: "DocumentTruncated", message };
}

function longWords(): AnsweredDocument["warnings"][number] {
  const message =
    "The document contains very long words (longer than 64 characters). " +
    "These words will be truncated and may result in unreliable model predictions.";
  return { code: "LongWordsInDocument", message };
}

/** As recorded for an empty text beside others. */
function emptyText(): ErrorBody {
  return {
    code: "InvalidArgument",
    message: "Invalid Document in request.",
    innererror: { code: "InvalidDocument", message: "Document text is empty." },
  };
}

/** As recorded for a language that the task does not know. */
function unsupportedLanguage(code: string, languages: readonly string[], tab: string): ErrorBody {
  const message =
    `Invalid language code '${code}'. Supported languages: ${languages.join(",")}. ` +
    `For additional details see https://aka.ms/text-analytics/language-support?tabs=${tab}`;
  return {
    code: "InvalidArgument",
    message: "Invalid Language Code.",
    innererror: { code: "UnsupportedLanguageCode", message },
  };
}

/** Thrown while a task is prepared, so that the request is accepted and the task fails in the job. */
export class DeferredFailure extends Error {
  override readonly name = "DeferredFailure";
  readonly failure: ErrorBody;

  constructor(failure: ErrorBody) {
    super(failure.message);
    this.failure = failure;
  }
}
