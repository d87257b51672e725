import { StartError } from "../violations.ts";

/** A parsed ASP.NET route template, as far as functions use them: whole segments are literals or parameters. */
export interface Route {
  template: string;
  segments: Segment[];
}

type Segment = { literal: string } | Parameter;

interface Parameter {
  name: string;
  optional: boolean;
  /** `{*name}`: the rest of the path, slashes included. */
  catchAll: boolean;
  accepts: (value: string) => boolean;
  constrained: boolean;
}

/**
 * Parses a template such as `documents/{*name}` or `items/{id:int?}`.
 *
 * @throws StartError for what ASP.NET refuses, and for the rarer forms that this host does not know: default values and
 *   segments that mix literals with parameters.
 */
export function parseRoute(template: string, where: string): Route {
  if (/^[/~]/.test(template)) throw new StartError(`${where}: the route "${template}" must not start with "/" or "~".`);
  const texts = template === "" ? [] : template.replace(/\/$/, "").split("/");
  const segments = texts.map((text, index) => {
    const segment = parseSegment(text, template, where);
    const last = index === texts.length - 1;
    if ("name" in segment && (segment.catchAll || segment.optional) && !last) {
      throw new StartError(`${where}: in the route "${template}" only the last segment may be optional or catch-all.`);
    }
    return segment;
  });
  const names = segments.flatMap((each) => ("name" in each ? [each.name.toLowerCase()] : []));
  if (new Set(names).size < names.length)
    throw new StartError(`${where}: the route "${template}" repeats a parameter.`);
  return { template, segments };
}

function parseSegment(text: string, template: string, where: string): Segment {
  if (!/[{}]/.test(text) && text !== "") return { literal: text };
  const match = /^\{(\*{0,2})([\w-]+)((?::[a-z]+(?:\([^)]*\))?)*)(\??)\}$/i.exec(text);
  if (match === null) {
    throw new StartError(`${where}: this host does not understand "${text}" in the route "${template}".`);
  }
  const [, stars, name = "", constraints = "", optional] = match;
  const checks = [...constraints.matchAll(/:([a-z]+)(?:\(([^)]*)\))?/gi)].map(([, constraint = "", parameter]) => {
    const check = checkFor(constraint.toLowerCase(), parameter);
    if (check !== undefined) return check;
    throw new StartError(
      `${where}: this host does not know the constraint "${constraint}" in the route "${template}".`,
    );
  });
  return {
    name,
    optional: optional === "?",
    catchAll: stars !== "",
    accepts: (value) => checks.every((check) => check(value)),
    constrained: checks.length > 0,
  };
}

/** The inline constraints of ASP.NET Core routing. */
function checkFor(name: string, parameter = ""): ((value: string) => boolean) | undefined {
  const [low = Number.NaN, high = low] = parameter.split(",").map(Number);
  const between = (value: number, from: number, to: number): boolean => value >= from && value <= to;
  const whole = (value: string): boolean => /^[+-]?\d+$/.test(value);
  switch (name) {
    case "alpha":
      return (value) => /^[a-z]*$/i.test(value);
    case "bool":
      return (value) => /^(true|false)$/i.test(value);
    case "guid":
      return (value) => /^\{?[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}\}?$/i.test(value);
    case "int":
      return (value) => whole(value) && between(Number(value), -(2 ** 31), 2 ** 31 - 1);
    case "long":
      return whole;
    case "decimal":
    case "double":
    case "float":
      return (value) => value.trim() !== "" && Number.isFinite(Number(value));
    case "length":
      return (value) => between(value.length, low, high);
    case "minlength":
      return (value) => value.length >= low;
    case "maxlength":
      return (value) => value.length <= low;
    case "min":
      return (value) => whole(value) && Number(value) >= low;
    case "max":
      return (value) => whole(value) && Number(value) <= low;
    case "range":
      return (value) => whole(value) && between(Number(value), low, high);
    case "required":
      return (value) => value !== "";
    default:
      return undefined;
  }
}

/**
 * Matches a path against a route. `path` is as sent, without leading slash and query; literals ignore case.
 *
 * @returns the parameters, decoded except for `%2F`, which stays as it is (as in ASP.NET); undefined when it does not match.
 */
export function matchRoute(route: Route, path: string): Record<string, string> | undefined {
  const [whole, trimmed] = [path, path.replace(/\/$/, "")].map((text) => text.split("/").map(decodeSegment));
  const given = trimmed?.join("/") === "" ? [] : (trimmed ?? []);
  const parameters: Record<string, string> = {};
  for (const [index, segment] of route.segments.entries()) {
    const text = given[index];
    if ("literal" in segment) {
      if (text?.toLowerCase() !== segment.literal.toLowerCase()) return undefined;
      continue;
    }
    if (text === undefined) {
      if (segment.optional || segment.catchAll) continue;
      return undefined;
    }
    const value = segment.catchAll ? (whole ?? given).slice(index).join("/") : text; // the rest keeps its last slash
    if (value === "" || !segment.accepts(value)) return undefined;
    parameters[segment.name] = value;
  }
  const open = route.segments.at(-1);
  const takesRest = open !== undefined && "name" in open && open.catchAll;
  return given.length > route.segments.length && !takesRest ? undefined : parameters;
}

function decodeSegment(text: string): string {
  return text
    .split(/%2f/i)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part; // not valid UTF-8: Kestrel leaves it undecoded
      }
    })
    .join("%2F");
}

/** Orders routes as ASP.NET tries them: literals before constrained parameters before parameters before catch-alls. */
export function compareRoutes(a: Route, b: Route): number {
  const rank = (segment: Segment | undefined): number => {
    if (segment === undefined) return 0;
    if ("literal" in segment) return 1;
    return (segment.catchAll ? 4 : 2) + (segment.constrained ? 0 : 1);
  };
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}
