import type { JobPlan } from "../jobs/job.ts";
import { invalidRequest } from "./service-error.ts";

/** A request as the routes see it. */
export interface Call {
  query: URLSearchParams;
  body: string;
  /** `http://host:port`, as the client wrote it: addresses in answers begin with it. */
  endpoint: string;
  /** What a scenario has in store for the job that this request may start. */
  plan: JobPlan;
}

/** What a route answers. */
export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent: an empty body. */
  body?: unknown;
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
