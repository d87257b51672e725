import type { Call, Operation, Reply, Route } from "../../http/call.ts";
import { resourceNotFound } from "../../http/service-error.ts";
import type { ProjectKind } from "../../projects/project-file.ts";
import { invalidArgument } from "../../projects/refusals.ts";
import { type AuthoringRuntime, authoringRoute } from "../route.ts";

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

/** What one dated version of authoring knows. */
export interface AuthoringVersion {
  readonly name: string;
  readonly kinds: ReadonlySet<ProjectKind>;
  /** Deployments say which resources they are assigned to. */
  readonly assignedResources: boolean;
}

const FIRST: readonly ProjectKind[] = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
];

/** Versions of authoring (azure-rest-api-specs, TypeSpec of text analysis authoring). */
const VERSIONS: ReadonlyMap<string, AuthoringVersion> = new Map(
  [
    ...["2022-05-01", "2022-05-15-preview", "2022-07-01-preview", "2022-10-01-preview", "2023-04-01"].map((name) => ({
      name,
      kinds: new Set(FIRST),
      assignedResources: false,
    })),
    ...["2023-04-15-preview", "2024-11-15-preview", "2025-05-15-preview"].map((name) => ({
      name,
      kinds: new Set<ProjectKind>([...FIRST, "CustomHealthcare"]),
      assignedResources: true,
    })),
  ].map((version) => [version.name, version]),
);

/** Whether there is a version of that name, not later than another: files of an older one are still imported. */
export function isUpTo(version: AuthoringVersion, name: string): boolean {
  return VERSIONS.has(name) && name.slice(0, 10) <= version.name.slice(0, 10);
}

/** The version that a call asks for. @throws ServiceError 404 of the gateway (assumed) when there is none of that name */
function requireVersion(call: Call): AuthoringVersion {
  const version = VERSIONS.get(call.query.get("api-version") ?? "");
  if (version === undefined) throw resourceNotFound();
  return version;
}

/** Things on a page when the call does not say (assumed). */
const PAGE_SIZE = 100;
const ALL = 2 ** 31 - 1;
const PAGING = ["api-version", "top", "skip", "maxpagesize"];

/** A list as `{ value, nextLink }`, by `top`, `skip` and `maxpagesize`. @throws ServiceError 400 for what is no number */
export function listPage<T>(call: CurrentCall, items: readonly T[], write: (item: T) => object): Reply {
  const { query, endpoint, path, version } = call;
  const top = numberOf(query, "top", ALL, 0);
  const skip = numberOf(query, "skip", 0, 0);
  const size = numberOf(query, "maxpagesize", PAGE_SIZE, 1);
  const page = items.slice(skip, skip + Math.min(top, size));
  const left = Math.min(items.length - skip, top) - page.length;
  const others = [...query].filter(([name]) => !PAGING.includes(name)).map(([name, value]) => `&${name}=${value}`);
  const next =
    `${endpoint}${path}/?api-version=${version.name}` +
    `&top=${top - page.length}&skip=${skip + page.length}&maxpagesize=${size}${others.join("")}`;
  return { status: 200, body: { value: page.map(write), nextLink: left > 0 ? next : null } };
}

function numberOf(query: URLSearchParams, name: string, fallback: number, least: number): number {
  const value = query.get(name);
  if (value === null) return fallback;
  const parsed = /^\d+$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
  if (parsed >= least && parsed <= ALL) return parsed;
  throw invalidArgument(`The value '${value}' of ${name} is not valid. It must be an integer from ${least}.`, name);
}

/** Authoring counts offsets in UTF-16 code units and wants to hear so. @throws ServiceError 400 */
export function requireUtf16({ query }: Call): void {
  const type = query.get("stringIndexType");
  if (type?.toLowerCase() === "utf16codeunit") return;
  const message = `The value '${type ?? ""}' of stringIndexType is not valid. Supported values Utf16CodeUnit.`;
  throw invalidArgument(message, "stringIndexType");
}
