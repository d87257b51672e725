import { booleanParameter } from "../http/call.ts";
import { invalidRequest } from "../http/service-error.ts";
import type { PageRequest } from "../jobs/page.ts";
import { PAGE_SIZE } from "../limits.ts";

/**
 * Reads `top`, `skip` and `showStats`. No bounds are documented: any positive `top` is served.
 * @param prefix `$` in the previews
 * @throws ServiceError 400 for what is not a number
 */
export function readPageRequest(query: URLSearchParams, prefix: "" | "$"): PageRequest {
  const number = (name: string, fallback: number, least: number): number => {
    const value = query.get(`${prefix}${name}`);
    if (value === null) return fallback;
    const parsed = /^\d+$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
    if (parsed >= least && parsed < 2 ** 31) return parsed;
    const message = `The value '${value}' of ${prefix}${name} is not valid. It must be an integer from ${least}.`;
    throw invalidRequest("Invalid parameter in request", "InvalidParameterValue", message);
  };
  const page = { top: number("top", PAGE_SIZE, 1), skip: number("skip", 0, 0) };
  return { ...page, showStats: booleanParameter(query, "showStats") };
}
