import type { ErrorBody } from "../http/service-error.ts";
import type { Content, Kind } from "../kinds/kind.ts";

/** The generations of the wire; a job is only known to the one it was submitted in. */
export type Wire = "analyze-text" | "analyze-documents" | PreviewWire;

/** Versions of the wire from before it was called Language. */
export type PreviewWire = "v3.1-preview.3" | "v3.1-preview.4" | "v3.1" | "v3.1-preview.ct.1" | "v3.2-preview.2";

/** A document as submitted. */
export interface SubmittedDocument {
  id: string;
  text: string;
  language?: string | undefined;
  /** Of a native document: where it is, and the folder that its results go to. */
  files?: DocumentFiles;
  /** Why no task can answer it. */
  refusal?: ErrorBody;
}

/** Addresses of a native document's blob and of the folder for its results. */
interface DocumentFiles {
  source: string;
  target: string;
}

/** A task as submitted: its kind is known, its parameters are not yet checked. */
export interface SubmittedTask {
  kind: Kind;
  name?: string | undefined;
  /** Previews keep each kind's tasks in a list of its own. */
  list?: string;
  /** JSON pointer by which an error names the task. */
  pointer: string;
  parameters: unknown;
}

/** A request for a job, whichever generation it came in. */
export interface JobRequest {
  displayName?: string | undefined;
  documents: readonly SubmittedDocument[];
  tasks: readonly SubmittedTask[];
  /** The documents are files, which have limits of their own. */
  native?: true;
  /** Whether a document may ask to have its language detected (`auto`), and what counts when that finds nothing. */
  detection?: { defaultLanguage: string } | undefined;
  /** The job is cancelled when it is not over by then. */
  cancelAfterSeconds?: number | undefined;
}

/** What a task says of one document: content, or why there is none. */
export interface AnsweredDocument {
  id: string;
  /** Length in text elements. */
  characters: number;
  content?: Content;
  error?: ErrorBody;
  warnings: readonly { code: string; message: string }[];
}

/** A task of an accepted job. Its answer is made at once and shown when its time has come. */
export interface JobTask {
  /** A `TaskKind`, or a kind of the future that a scenario adds. */
  kind: string;
  name?: string;
  list?: string;
  pointer: string;
  /** Milliseconds since 1970. */
  finishesAt: number;
  /** Project and deployment, or model version. */
  about: Readonly<Record<string, string>>;
  /** In the order submitted. */
  documents: readonly AnsweredDocument[];
  /** Set when the task fails as a whole. */
  failure?: ErrorBody;
  /** With this id all errors of documents are one. */
  errorId?: string;
}

/** An accepted job. All that it will ever answer is in here, so it can be written to a file. */
export interface Job {
  id: string;
  wire: Wire;
  displayName?: string;
  /** Milliseconds since 1970, like the others below. */
  createdAt: number;
  startsAt: number;
  /** May lie ahead: then the job cancels itself. */
  cancelledAt?: number;
  /** From then on the service has forgotten the job. */
  lostAt?: number;
  tasks: readonly JobTask[];
  /** Set when the job as a whole fails. */
  failure?: ErrorBody;
  /** Of a native job, by the document's id. */
  files?: Readonly<Record<string, DocumentFiles>>;
  /** Fields that no client knows, added at every level of the answer. */
  extraFields?: Readonly<Record<string, unknown>>;
  endlessPages?: boolean;
  /** What was asked, for the statistics: hash of each text with each task. */
  analyses: readonly { textHash: string; task: string }[];
}

/** How a task will fail. */
export type PlannedFailure = Omit<ErrorBody, "target"> & { target?: string | null | undefined };

/** What a scenario has in store for a job. Nothing set: an ordinary one. */
export interface JobPlan {
  failure?: ErrorBody;
  /** The same for a training, and for no other job of authoring. */
  trainingFailure?: ErrorBody;
  lostAfterSeconds?: number;
  extraSeconds?: number;
  /** By index of the task. Without a target the error points at the task, with null at nothing. */
  failedTasks: Readonly<Record<number, PlannedFailure>>;
  /** Share of the documents, 0 to 1, that every task refuses. */
  documentErrors?: { share: number; error: ErrorBody; id?: string | undefined };
  extraFields?: Readonly<Record<string, unknown>>;
  /** A task kind that no client knows, answered beside those asked for. */
  futureKind?: string;
  /** No page of the answer is the last. */
  endlessPages?: boolean;
}
