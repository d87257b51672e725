import type { LimitFunction } from "p-limit";
import type * as z from "zod";
import { type Call, jsonBody, type Operation, type Reply, type Route } from "../http/call.ts";
import type { RateLimiter } from "../http/rate-limiter.ts";
import { MAX_AUTHORING_BODY_BYTES } from "../limits.ts";
import type { Authoring } from "../projects/authoring.ts";
import { invalidArgument } from "../projects/refusals.ts";

/** What the routes of both generations of authoring work with. */
export interface AuthoringRuntime {
  authoring: Authoring;
  /** For POST and GET; other methods have no documented limit. */
  limiters: Readonly<Record<string, RateLimiter>>;
  /** Writes are done one at a time: some wait for storage between looking and doing. */
  oneAtATime: LimitFunction;
}

/** One route of authoring: counted against its limit, and alone when it writes. */
export function authoringRoute(
  { authoring, limiters, oneAtATime }: AuthoringRuntime,
  { method, path, operation }: { method: string; path: string; operation: Operation },
  answer: (call: Call, ...names: string[]) => Reply | Promise<Reply>,
): Route {
  return {
    method,
    path,
    operation,
    maxBodyBytes: MAX_AUTHORING_BODY_BYTES,
    answer(call, ...names) {
      limiters[method]?.take(["authoring"], call.name);
      if (method === "GET") return answer(call, ...names);
      return oneAtATime(() => {
        authoring.operations.settle();
        return answer(call, ...names);
      });
    },
  };
}

/** Reads a body of authoring. @throws ServiceError 400 that names the first field that is not as it should be */
export function readBody<T>(schema: z.ZodType<T>, body: string): T {
  return checked(schema, jsonBody(body));
}

/** A value of a body, parsed. @throws ServiceError 400 that names the first field that is not as it should be */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "body";
  throw invalidArgument(`${field}: ${issue?.message ?? "invalid"}`, field);
}
