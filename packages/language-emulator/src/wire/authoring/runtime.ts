import type { Exclusive } from "../../exclusive.ts";
import type { Call, Operation, Reply, Route } from "../../http/call.ts";
import { pathPattern } from "../../http/path-template.ts";
import type { RateLimiter } from "../../http/rate-limiter.ts";
import { MAX_AUTHORING_BODY_BYTES } from "../../limits.ts";
import type { Authoring } from "../../projects/authoring/authoring.ts";

/** What the routes of both generations of authoring work with. */
export interface AuthoringRuntime {
  authoring: Authoring;
  /** For POST and GET; other methods have no documented limit. */
  limiters: Readonly<Record<string, RateLimiter>>;
  /** Writes are done one at a time: some wait for storage between looking and doing. */
  exclusive: Exclusive;
}

/** One route of authoring: counted against its limit, and alone when it writes. */
export function authoringRoute(
  { authoring, limiters, exclusive }: AuthoringRuntime,
  { method, path, operation }: { method: string; path: string; operation: Operation },
  answer: (call: Call, ...names: string[]) => Reply | Promise<Reply>,
): Route {
  return {
    method,
    path,
    pattern: pathPattern(path),
    operation,
    maxBodyBytes: MAX_AUTHORING_BODY_BYTES,
    answer(call, ...names) {
      limiters[method]?.take(["authoring"], `Authoring ${method}`);
      if (method === "GET") return answer(call, ...names);
      return exclusive(() => {
        authoring.desk.settle();
        return answer(call, ...names);
      });
    },
  };
}
