import type { JobRequest, ServiceError, TaskKind } from "./analysis.ts";

/**
 * One generation of the service's wire: how a job is written and read. All that differs between generations is behind
 * this interface; a further generation is one more file with one of these, and one line in `analysis-client.ts`.
 */
export interface Generation {
  /** Where jobs are posted. */
  submitUrl(endpoint: string): URL;
  /**
   * Where a job is looked at. Asks for a page as large as a job: the service's default of 20 documents would make the
   * answers of a full job two requests.
   */
  jobUrl(endpoint: string, jobId: string): URL;
  /** The body that submits a job, ready for JSON. */
  body(request: JobRequest): object;
  /**
   * Reads an answer about a job.
   * @param answer parsed JSON
   * @throws z.ZodError when it is not such an answer
   */
  readPage(answer: unknown): JobPage;
}

/** One page of the state of a job: all tasks, each with a slice of the documents. */
export interface JobPage {
  jobId: string;
  /** As the service spells it. */
  status: string;
  createdDateTime?: string | undefined;
  lastUpdatedDateTime?: string | undefined;
  expirationDateTime?: string | undefined;
  errors: readonly JobError[];
  items: readonly TaskItem[];
  /** Where the next page is. */
  nextLink?: string | undefined;
}

/** An error of a job, with the task it points at. */
export interface JobError {
  error: ServiceError;
  task?: TaskPointer | undefined;
}

/** A task by its place among those asked: among all of them, or among those of one kind. */
export interface TaskPointer {
  index: number;
  kind?: TaskKind | undefined;
}

/** What a page says of one task. */
export interface TaskItem {
  /** The name given to the task, where the wire carries it. */
  name?: string | undefined;
  /** Undefined when the wire names a kind unknown to us. */
  kind?: TaskKind | undefined;
  /** As the service spells it; undefined where neither a state nor results tell it. */
  status?: string | undefined;
  documents: readonly WireDocument[];
  /** An error whose id is empty is about no document more than about another. */
  errors: readonly { id: string; error: ServiceError }[];
  statistics?: Readonly<Record<string, unknown>> | undefined;
  /** What else the service says of the task. */
  about: Readonly<Record<string, unknown>>;
  /** What of it cannot be read, if something cannot. */
  unreadable?: string | undefined;
}

/** A task's answer about a document, as it came. */
export interface WireDocument {
  id: string;
  [field: string]: unknown;
}
