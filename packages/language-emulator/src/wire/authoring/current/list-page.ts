import type { Reply } from "../../../http/call.ts";
import { invalidArgument } from "../../../projects/refusals.ts";
import type { CurrentCall } from "./current-route.ts";

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
