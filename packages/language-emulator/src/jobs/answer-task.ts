import type { ErrorBody } from "../http/service-error.ts";
import type { PreparedTask } from "../kinds/kind.ts";
import { detectLanguage, matchLanguage } from "../kinds/languages.ts";
import { convertSpans, positionMap } from "../text/string-index.ts";
import { isBlank } from "./check-documents.ts";
import type { AnsweredDocument, JobPlan, JobRequest, SubmittedDocument, SubmittedTask } from "./job.ts";

/** Letters from which on a word earns its document a warning (recorded wording of `LongWordsInDocument`). */
const LONG_WORD = /[\p{L}\p{N}]{65,}/u;

/** Puts a prepared task to every document of a request. */
export function answerTask(
  request: JobRequest,
  lengths: readonly number[],
  task: SubmittedTask,
  prepared: PreparedTask,
  plan: JobPlan,
): AnsweredDocument[] {
  const refused = Math.ceil((plan.documentErrors?.share ?? 0) * request.documents.length);
  return request.documents.map((document, index) => {
    const base = { id: document.id, characters: lengths[index] ?? 0, warnings: [] };
    if (plan.documentErrors !== undefined && index < refused) return { ...base, error: plan.documentErrors.error };
    if (isBlank(document.text)) return { ...base, error: emptyText() };
    return { ...base, ...answerDocument(document, task, prepared, request.detection) };
  });
}

function answerDocument(
  document: SubmittedDocument,
  { kind }: SubmittedTask,
  prepared: PreparedTask,
  detection: JobRequest["detection"],
): Pick<AnsweredDocument, "content" | "error" | "warnings"> {
  const { id, text, language: asked = "en" } = document;
  const detected = asked === "auto" && detection ? detectLanguage(text, detection.defaultLanguage) : undefined;
  const language = matchLanguage(detected?.iso6391Name ?? asked, kind.languages);
  if (language === undefined) {
    const tab = kind.kind.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
    return { error: unsupportedLanguage(asked, kind.languages, tab), warnings: [] };
  }
  const content = prepared.analyze({ id, text, language });
  const converted = convertSpans(content, positionMap(text, prepared.stringIndexType));
  const extra = detected === undefined ? {} : { detectedLanguage: detected };
  return { content: { ...(converted as object), ...extra }, warnings: warningsFor(text) };
}

function warningsFor(text: string): AnsweredDocument["warnings"] {
  if (!LONG_WORD.test(text)) return [];
  const message =
    "The document contains very long words (longer than 64 characters). " +
    "These words will be truncated and may result in unreliable model predictions.";
  return [{ code: "LongWordsInDocument", message }];
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
