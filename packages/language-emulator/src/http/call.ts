import type { JobPlan } from "../jobs/job.ts";
import { invalidRequest } from "./service-error.ts";

/** A request as the routes see it. */
export interface Call {
  query: URLSearchParams;
  body: string;
  /** `http://host:port`, as the client wrote it: addresses in answers begin with it. */
  endpoint: string;
  /** How a 429 names what is called. */
  name: string;
  /** What a scenario has in store for the job that this request may start. */
  plan: JobPlan;
}

/** What a route answers. */
export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent: an empty body. */
  body?: unknown;
  /** In place of the body, as it is. */
  text?: string;
  /** Bytes of white space that follow. */
  padding?: number;
}

/** One operation of the wire. */
export interface Route {
  method: string;
  /** The path as statistics and scenarios name it, its variable parts in braces. */
  path: string;
  /** What the operation does, for scenarios. */
  operation: Operation;
  /** Bytes that a request's body may have; default `MAX_BODY_BYTES`. */
  maxBodyBytes?: number;
  /**
   * @param names the variable parts of the path, decoded
   * @throws ServiceError
   */
  answer(call: Call, ...names: string[]): Reply | Promise<Reply>;
}

/** What an operation does, runtime first, then authoring. */
export const OPERATIONS = [
  "submit",
  "status",
  "cancel",
  "detectLanguage",
  "createProject",
  "importProject",
  "exportProject",
  "deleteProject",
  "train",
  "cancelTraining",
  "deploy",
  "swap",
  "deleteDeployment",
  "deleteModel",
  "authoringStatus",
  "authoringRead",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Summaries of the operations in the specifications, as recorded in answers of 429. */
const SUMMARIES: Readonly<Partial<Record<Operation, string>>> = {
  submit: "Submit analysis job",
  status: "Get analysis status and results",
};

/**
 * How the gateway names what is called: recorded for v3.2-preview.2 (azure-sdk-for-js#18941, -net#26521), the API of
 * the dated versions and all of authoring follow it.
 */
export function callName(operation: Operation | undefined, path: string, query: URLSearchParams): string {
  const [, preview] = /^\/text\/analytics\/([^/]+)\//i.exec(path) ?? [];
  const api = preview === undefined ? "Language API" : "Text Analytics API";
  const version = preview ?? query.get("api-version") ?? "";
  return `${SUMMARIES[operation ?? "authoringRead"] ?? operation ?? path} Operation under ${api} (${version})`;
}

/** The body as JSON. @throws ServiceError 400 */
export function jsonBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", "The request body is not valid JSON.");
  }
}

/** `true` or `false` in any case; anything else and absence are false. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === "true";
}
