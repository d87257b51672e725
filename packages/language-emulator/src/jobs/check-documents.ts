import { invalidRequest, ServiceError } from "../http/service-error.ts";
import { MAX_CHARACTERS, MAX_DOCUMENTS, MAX_DOCUMENTS_CUSTOM_HEALTH, MAX_NATIVE_DOCUMENTS } from "../limits.ts";
import { countTextElements } from "../text.ts";
import type { JobRequest, SubmittedDocument } from "./job.ts";

/** A request within the limits, its documents measured in text elements. */
export interface CheckedRequest extends JobRequest {
  documents: readonly (SubmittedDocument & { characters: number })[];
}

/**
 * Refuses a request whose documents break a limit: the whole request, with 400 or, for too much text, 413, which
 * comes before the count. These three are worded as recorded; the rest is assumed in the same style.
 * @throws ServiceError
 */
export function checkDocuments(request: JobRequest): CheckedRequest {
  const { documents, tasks } = request;
  if (documents.length === 0) {
    throw invalidRequest("Invalid Request.", "MissingInputDocuments", "Missing input documents.");
  }
  const measured = documents.map((document) => ({ ...document, characters: countTextElements(document.text) }));
  if (!request.native && measured.reduce((sum, { characters }) => sum + characters, 0) > MAX_CHARACTERS) {
    const message = `Request Payload sent is too large to be processed. Limit request size to: ${MAX_CHARACTERS}`;
    const innererror = { code: "InvalidDocumentBatch", message };
    throw new ServiceError(413, { code: "InvalidRequest", message: "Invalid Document in request.", innererror });
  }
  const health = tasks.some(({ kind }) => kind.kind === "CustomHealthcare");
  const ofTexts = health ? MAX_DOCUMENTS_CUSTOM_HEALTH : MAX_DOCUMENTS;
  const most = request.native ? MAX_NATIVE_DOCUMENTS : ofTexts;
  if (documents.length > most) {
    const message = `Batch request contains too many records. Max ${most} records are permitted.`;
    throw invalidRequest("Invalid document in request.", "InvalidDocumentBatch", message);
  }
  if (documents.some(({ id }) => id === "")) {
    throw invalidRequest("Invalid document in request.", "InvalidDocument", "Document id is missing or empty.");
  }
  if (new Set(documents.map(({ id }) => id)).size < documents.length) {
    const message = "Request contains duplicated Ids. Make sure each document has a unique Id.";
    throw new ServiceError(400, { code: "InvalidArgument", message });
  }
  if (!request.native && documents.every(({ text }) => isBlank(text))) {
    throw invalidRequest("Invalid Document in request.", "InvalidDocumentBatch", "Document text is empty.");
  }
  return { ...request, documents: measured };
}

/**
 * Refuses two tasks of one kind and one name, or without a name (recorded for two without, in 2022).
 * @throws ServiceError 400
 */
export function checkTaskNames({ tasks }: JobRequest): void {
  const seen = new Set<string>();
  for (const { kind, name = "" } of tasks) {
    const key = `${kind.kind} ${name}`;
    if (seen.has(key)) {
      const message = `Duplicate task name ${name} for task type ${kind.kind}`;
      throw invalidRequest("InvalidTask in AnalyzeInput", "InvalidRequestBodyFormat", message);
    }
    seen.add(key);
  }
}

/** Nothing but white space counts as empty, too (assumed). */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}
