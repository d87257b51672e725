import { randomUUID } from "node:crypto";
import type {
  AnalysisClient,
  JobDocument,
  JobHandle,
  JobRequest,
  JobState,
  JobStatus,
  ServiceError,
  Task,
  TaskAnswer,
} from "../../src/lib/language/analysis.ts";
import { LanguageError, type LanguageErrorInit } from "../../src/lib/language/errors/language-error.ts";

interface Job {
  request: JobRequest;
  polls: number;
  submittedAt: number;
}

export interface Script {
  /** Called for each submission, from 1; a returned error refuses it. */
  onSubmit?: (request: JobRequest, nth: number) => LanguageErrorInit | undefined;
  /** Called for each look at a job, from 1. */
  onPoll?: (request: JobRequest, nth: number) => LanguageErrorInit | JobStatus | undefined;
  /** A document that returns an error is answered with it. */
  onDocument?: (document: JobDocument, task: Task) => ServiceError | undefined;
  /** Called for each detection of languages; a returned error refuses it. */
  onDetect?: (texts: readonly { text: string }[]) => LanguageErrorInit | undefined;
  /** What a document is answered with; by default a class. */
  content?: (document: JobDocument, task: Task) => Record<string, unknown>;
  /** A task that returns an error is answered with it, for all of the job's documents. */
  onTask?: (request: JobRequest, task: Task) => ServiceError | undefined;
  /** The error of a job that ends in a status other than succeeded. */
  jobError?: ServiceError;
}

/** A Language service in this process that follows a script and counts what it was asked. */
export class ScriptedLanguage implements AnalysisClient {
  script: Script = {};
  readonly submitted: JobRequest[] = [];
  polls = 0;
  readonly #jobs = new Map<string, Job>();
  #attempts = 0;

  /** How often each text was sent. */
  get timesSent(): Map<string, number> {
    const times = new Map<string, number>();
    for (const { text } of this.submitted.flatMap(({ documents }) => documents)) {
      times.set(text, (times.get(text) ?? 0) + 1);
    }
    return times;
  }

  async submit(request: JobRequest): Promise<JobHandle> {
    const refusal = this.script.onSubmit?.(request, ++this.#attempts);
    if (refusal !== undefined) throw new LanguageError(refusal);
    this.submitted.push(request);
    const jobId = randomUUID();
    this.#jobs.set(jobId, { request, polls: 0, submittedAt: Date.now() });
    return { jobId, operationLocation: `http://language.test/jobs/${jobId}` };
  }

  /** Texts that it was asked to find the languages of. */
  detected: string[] = [];

  async detectLanguages(texts: readonly { id: string; text: string }[]) {
    this.detected.push(...texts.map(({ text }) => text));
    const refusal = this.script.onDetect?.(texts);
    if (refusal !== undefined) throw new LanguageError(refusal);
    const known = texts.flatMap(({ id, text }) => {
      const [, code] = /^\((\w{2})\)/.exec(text) ?? [];
      return code === undefined ? [] : [[id, { code, name: code, confidenceScore: 0.9 }] as const];
    });
    return new Map(known);
  }

  async getJob(handle: JobHandle, tasks: readonly Task[]): Promise<JobState> {
    this.polls++;
    const job = this.#jobs.get(handle.jobId);
    if (job === undefined)
      throw new LanguageError({ class: "transient", code: "JobNotFound", message: "gone", hint: "-" });
    const said = this.script.onPoll?.(job.request, ++job.polls);
    if (typeof said === "object") throw new LanguageError(said);
    const status = said ?? "succeeded";
    const finished = !["running", "notStarted", "cancelling"].includes(status);
    const created = new Date(job.submittedAt);
    return {
      jobId: handle.jobId,
      status,
      finished,
      createdDateTime: created.toISOString(),
      lastUpdatedDateTime: new Date(job.submittedAt + 2_000).toISOString(),
      expirationDateTime: new Date(job.submittedAt + 86_400_000).toISOString(),
      errors: finished && status !== "succeeded" && this.script.jobError ? [this.script.jobError] : [],
      tasks: finished ? tasks.map((task) => this.#answer(job.request, task, status)) : [],
      requests: 1,
    };
  }

  #answer(request: JobRequest, task: Task, status: JobStatus): TaskAnswer {
    const about = { projectName: "p", deploymentName: "d" };
    const empty = { name: task.name, kind: task.kind, about, documents: new Map(), errors: new Map() };
    const failure = status === "succeeded" ? this.script.onTask?.(request, task) : this.script.jobError;
    if (status !== "succeeded" || failure !== undefined) return { ...empty, status: "failed", error: failure };
    const documents: TaskAnswer["documents"] extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never = new Map();
    const errors = new Map<string, ServiceError>();
    for (const document of request.documents) {
      const error = this.script.onDocument?.(document, task);
      if (error !== undefined) errors.set(document.id, error);
      else
        documents.set(document.id, {
          content: this.script.content?.(document, task) ?? {
            classes: [{ category: `length-${document.text.length % 3}`, confidenceScore: 0.9 }],
          },
          warnings: [],
          statistics: { charactersCount: document.text.length, transactionsCount: 1 },
        });
    }
    return { ...empty, status: "succeeded", documents, errors };
  }
}
