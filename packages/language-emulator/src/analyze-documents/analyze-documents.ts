import type { BlobServiceClient } from "@azure/storage-blob";
import * as z from "zod";
import { type findApiVersion, requireVersion } from "../analyze-text/versions.ts";
import { writeState } from "../analyze-text/write-state.ts";
import { type Call, jsonBody, type Reply, type Route } from "../http/call.ts";
import { type ErrorBody, invalidRequest } from "../http/service-error.ts";
import { checkTaskNames } from "../jobs/check-documents.ts";
import type { AnsweredDocument, Job, JobRequest, JobTask, SubmittedDocument, SubmittedTask } from "../jobs/job.ts";
import { readPageRequest } from "../jobs/page.ts";
import { type Progress, progressOf } from "../jobs/progress.ts";
import type { Runtime } from "../jobs/runtime.ts";
import { piiEntityRecognition } from "../kinds/pii-entity-recognition.ts";
import { modelByDeployment } from "../projects/resolve-model.ts";
import { DocumentAccount } from "./document-account.ts";
import { fileTypeOf, redactedFile, textOf } from "./document-file.ts";

const JOBS = "/language/analyze-documents/jobs";

/** Versions of this wire, of which summaries (in the previews) are not played. */
const VERSIONS: ReadonlySet<string> = new Set(["2026-05-01", "2026-05-15-preview"]);

/** Of the files of a request together. */
const MAX_BYTES = 10_000_000;

/**
 * The routes of native documents: submit, status, cancel. Files are read when a job is accepted, and what was found in
 * them is written when somebody first sees that it is done.
 * @param linked the account that the resource's identity may use; none: every document is out of reach
 */
export function nativeRoutes(runtime: Runtime, linked: string | BlobServiceClient | undefined): Route[] {
  const { clock, jobs, limiters } = runtime;
  const account = linked === undefined ? undefined : new DocumentAccount(linked);
  const written = new Map<string, Promise<Written>>();

  const accepted = (call: Call, jobId: string): Reply => {
    const version = requireNative(call.query);
    const headers = { "operation-location": `${call.endpoint}${JOBS}/${jobId}?api-version=${version.name}` };
    return { status: 202, headers };
  };

  return [
    {
      method: "POST",
      path: JOBS,
      operation: "submit",
      async answer(call) {
        const version = requireNative(call.query);
        const request = await readSubmit(call.body, account);
        checkTaskNames(request);
        limiters.submit.take(["PiiEntityRecognition"], call.name);
        const { projects, unknownProject } = runtime;
        const scope = { features: version, resolveModel: modelByDeployment(projects, unknownProject, clock) };
        return accepted(call, jobs.submit("analyze-documents", request, scope, call.plan).id);
      },
    },
    {
      method: "GET",
      path: `${JOBS}/{jobId}`,
      operation: "status",
      async answer(call, jobId) {
        const version = requireNative(call.query);
        const page = readPageRequest(call.query, "");
        const job = jobs.find("analyze-documents", jobId);
        limiters.status.take(["PiiEntityRecognition"], call.name);
        const progress = progressOf(job, clock.now());
        const shown = await inFiles(progress, (task, index) => {
          const key = `${job.id} ${index}`;
          const files = written.get(key) ?? writeFiles(job, { task, index }, account);
          written.set(key, files);
          return files;
        });
        return {
          status: 200,
          body: writeState({ job, progress: shown, page, address: `${call.endpoint}${JOBS}/${job.id}` }, version),
        };
      },
    },
    {
      method: "POST",
      path: `${JOBS}/{jobId}:cancel`,
      operation: "cancel",
      answer(call, jobId) {
        jobs.cancel("analyze-documents", jobId);
        return accepted(call, jobId);
      },
    },
  ];
}

function requireNative(query: URLSearchParams): NonNullable<ReturnType<typeof findApiVersion>> {
  return requireVersion(VERSIONS.has(query.get("api-version") ?? "") ? query : new URLSearchParams());
}

const location = z.looseObject({ kind: z.string(), location: z.url() });
const submitBody = z.looseObject({
  displayName: z.string().nullish(),
  analysisInput: z.looseObject({
    documents: z.array(
      z.looseObject({ id: z.string(), language: z.string().nullish(), source: location, target: location }),
    ),
  }),
  tasks: z
    .array(
      z.looseObject({
        kind: z.literal("PiiEntityRecognition"),
        taskName: z.string().nullish(),
        parameters: z.looseObject({}).nullish(),
      }),
    )
    .min(1, "At least one task is required."),
});

/** Reads a submit and the files that it names. @throws ServiceError 400 for a wrong form or too much of all */
async function readSubmit(body: string, account: DocumentAccount | undefined): Promise<JobRequest> {
  const parsed = submitBody.safeParse(jsonBody(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const { displayName, analysisInput, tasks } = parsed.data;
  let bytes = 0;
  const documents: SubmittedDocument[] = [];
  for (const { id, language, source, target } of analysisInput.documents) {
    const content = await account?.read(source.location);
    bytes += content?.length ?? 0;
    const files = { source: source.location, target: target.location };
    const refusal = content === undefined || !(await account?.isFolder(target.location)) ? outOfReach() : undefined;
    const type = fileTypeOf(new URL(source.location).pathname);
    const text = content === undefined || type === undefined ? undefined : textOf(type, content);
    const noText = text === undefined ? unreadable(type === undefined) : undefined;
    const error = refusal ?? noText;
    documents.push({ id, text: text ?? "", language: language || undefined, files, ...(error && { refusal: error }) });
  }
  if (bytes > MAX_BYTES) {
    const message = `The documents of a request may have ${MAX_BYTES} bytes together.`;
    throw invalidRequest("Invalid Request.", "InvalidDocumentBatch", message);
  }
  return {
    displayName: displayName ?? undefined,
    native: true,
    documents,
    tasks: tasks.map(({ taskName, parameters }, index): SubmittedTask => {
      const pointer = `#/tasks/items/${index}`;
      return { kind: piiEntityRecognition, name: taskName ?? undefined, pointer, parameters: parameters ?? {} };
    }),
  };
}

/** Worded as assumed: no recording shows it. */
function outOfReach(): ErrorBody {
  const message = "The document or its target could not be reached with the identity of the Language resource.";
  return {
    code: "InvalidArgument",
    message: "Invalid Document in request.",
    innererror: { code: "InvalidDocument", message },
  };
}

function unreadable(isUnknown: boolean): ErrorBody {
  const message = isUnknown
    ? "The format of the document is not supported."
    : "No text could be extracted from the document.";
  const code = isUnknown ? "InvalidDocument" : "ExtractionFailure";
  return { code: "InvalidArgument", message: "Invalid Document in request.", innererror: { code, message } };
}

/** For each document that was answered, what the job says of it: which files there are now. */
type Written = ReadonlyMap<string, { source: object; target: object[] }>;

/** The progress of a job, with the names of files in place of what is in them. */
async function inFiles(
  progress: Progress,
  filesOf: (task: JobTask, index: number) => Promise<Written>,
): Promise<Progress> {
  const tasks = progress.tasks.map(async (finished, index) => {
    // Of a kind of the future that a scenario adds, no file is known.
    if (finished.status !== "succeeded" || finished.task.kind !== piiEntityRecognition.kind) return finished;
    const files = await filesOf(finished.task, index);
    const documents = finished.task.documents.map((document) => {
      const { content: _, ...rest } = document;
      const named = files.get(document.id);
      return named === undefined ? rest : { ...rest, content: named };
    });
    return { ...finished, task: { ...finished.task, documents } };
  });
  return { ...progress, tasks: await Promise.all(tasks) };
}

/** Writes the findings and a redacted copy of each document that a task has answered. */
async function writeFiles(
  job: Job,
  { task, index }: { task: JobTask; index: number },
  account: DocumentAccount | undefined,
): Promise<Written> {
  const written = new Map<string, { source: object; target: object[] }>();
  if (account === undefined) return written;
  for (const document of task.documents) {
    const files = job.files?.[document.id];
    if (document.content === undefined || files === undefined) continue;
    const original = await account.read(files.source);
    const name = decodeURIComponent(new URL(files.source).pathname.split("/").at(-1) ?? "");
    const type = fileTypeOf(name);
    if (original === undefined || type === undefined) continue;
    const folder = `${job.id}/${task.kind}-${String(index + 1).padStart(4, "0")}/${document.id}`;
    const { redacted, findings } = findingsOf(document);
    const contents = {
      [`${name.slice(0, -type.length - 1)}.result.json`]: Buffer.from(JSON.stringify(findings)),
      [name]: redacted === undefined ? original : redactedFile(type, original, redacted),
    };
    const target: object[] = [];
    for (const [file, content] of Object.entries(contents)) {
      const address = await account.write(files.target, `${folder}/${file}`, content);
      target.push({ kind: "AzureBlob", location: address });
    }
    written.set(document.id, { source: { kind: "AzureBlob", location: files.source }, target });
  }
  return written;
}

const entity = z.looseObject({
  text: z.string(),
  category: z.string(),
  offset: z.int(),
  length: z.int(),
  mask: z.string().optional(),
});
const content = z.looseObject({ redactedText: z.string().optional(), entities: z.array(entity) });

/** What the result file says, in the words of the specification: an entity has a `type` and no place in a text. */
function findingsOf(document: AnsweredDocument) {
  const { redactedText, entities } = content.parse(document.content);
  const masks = new Map(
    entities.map(({ text, offset, length, mask = redactedText?.slice(offset, offset + length) }) => [
      text,
      mask ?? text,
    ]),
  );
  const named = entities.map(({ category, offset: _, ...entity }, index) => {
    return { ...entity, type: category, entityId: String(index), tags: [{ name: category, confidenceScore: 1 }] };
  });
  return {
    redacted: redactedText === undefined ? undefined : { text: redactedText, masks },
    findings: { id: document.id, redactedDocuments: "", entities: named, warnings: [] },
  };
}
