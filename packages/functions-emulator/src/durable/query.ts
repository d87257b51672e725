import type { OrchestrationState } from "./state.ts";
import { runtimeStatusOf } from "./status.ts";

/** Which instances a request is about. Times are milliseconds since 1970; an empty list of statuses means all. */
export interface InstanceFilter {
  createdFrom: number;
  createdTo: number;
  statuses: readonly string[];
  idPrefix: string;
}

/** Reads the filter from the query of a request; what is absent does not restrict. */
export function readFilter(query: URLSearchParams): InstanceFilter {
  return {
    createdFrom: readTime(query, "createdTimeFrom") ?? Number.NEGATIVE_INFINITY,
    createdTo: readTime(query, "createdTimeTo") ?? Number.POSITIVE_INFINITY,
    statuses: query.getAll("runtimeStatus").flatMap((value) => value.split(",").filter((status) => status !== "")),
    idPrefix: query.get("instanceIdPrefix") ?? "",
  };
}

/** Whether an instance is one that the filter lets through. */
export function matches(filter: InstanceFilter, instanceId: string, state: OrchestrationState): boolean {
  const { createdFrom, createdTo, statuses, idPrefix } = filter;
  if (state.createdTime < createdFrom || state.createdTime > createdTo || !instanceId.startsWith(idPrefix))
    return false;
  return statuses.length === 0 || statuses.includes(runtimeStatusOf(state));
}

/** How many things a page has: what the request says (`top`), or 100. */
export function pageSize(query: URLSearchParams): number {
  return Number(query.get("top")) || 100;
}

/** A page of things sorted by id, and the token for the next page if there is one. */
export function page<T>(
  sorted: readonly (readonly [string, T])[],
  size: number,
  token: string | undefined,
): { items: (readonly [string, T])[]; next: string | undefined } {
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  const rest = after === undefined ? sorted : sorted.filter(([id]) => id > after);
  const items = rest.slice(0, size);
  const last = items.at(-1)?.[0];
  const next = last === undefined || items.length === rest.length ? undefined : Buffer.from(last).toString("base64url");
  return { items, next };
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const time = Date.parse(query.get(name) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
