import { escapePattern } from "../text/segments.ts";

/**
 * A pattern for paths of one form: each `{name}` stands for one part of the path and is a group. A slash at the end
 * does not matter, nor does the case of the fixed parts.
 */
export function pathPattern(template: string): RegExp {
  const parts = template.split(/\{\w+\}/).map(escapePattern);
  return new RegExp(`^${parts.join("([^/]+)")}/?$`, "iu");
}
