import type { Call, Operation, Reply, Route } from "../../../http/call.ts";
import { type AuthoringRuntime, authoringRoute } from "../runtime.ts";
import { type AuthoringVersion, requireVersion } from "./versions.ts";

/** Where every path of the current generation begins. */
export const BASE = "/language/authoring/analyze-text/projects";

/** One call of the current generation. */
export interface CurrentCall extends Call {
  version: AuthoringVersion;
  /** The path, as answers repeat it. */
  path: string;
}

/** A route below `BASE` for a version that is known. */
export type CurrentRoute = (
  method: string,
  path: string,
  operation: Operation,
  answer: (call: CurrentCall, ...names: string[]) => Reply | Promise<Reply>,
) => Route;

/** Makes routes of the current generation. */
export function currentRoute(runtime: AuthoringRuntime): CurrentRoute {
  return (method, path, operation, answer) =>
    authoringRoute(runtime, { method, path: `${BASE}${path}`, operation }, (call, ...names) => {
      const version = requireVersion(call);
      return answer({ ...call, version, path: `${BASE}${filled(path, names)}` }, ...names);
    });
}

/** 202 with the address of the job. @param jobPath below `BASE` */
export function accepted({ endpoint, version }: CurrentCall, jobPath: string): Reply {
  const location = `${endpoint}${BASE}${jobPath}?api-version=${version.name}`;
  return { status: 202, headers: { "operation-location": location } };
}

function filled(path: string, names: readonly string[]): string {
  let next = 0;
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(names[next++] ?? ""));
}
