import type { Reply } from "../http/call.ts";

/** Ways in which the address of a new job can be unusual, or of no use. */
export const LOCATION_FORMS = ["absent", "empty", "malformed", "relative", "otherHost", "withoutVersion"] as const;

/** What becomes of an answer on its way: what was asked has been done. */
export interface Distortion {
  status?: number | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Fields in place of those of the answer, or beside them. */
  body?: Readonly<Record<string, unknown>> | undefined;
  location?: (typeof LOCATION_FORMS)[number] | undefined;
  /** Fields that are taken out of every object below `tasks`. */
  without?: readonly string[] | undefined;
  /** One more field, of so many arrays in each other. */
  depth?: number | undefined;
  /** White space after the body, in bytes. */
  padding?: number | undefined;
  /** Share of the body that is sent, 0 to 1: the answer ends in the middle, and says that it is whole. */
  share?: number | undefined;
}

/** An answer as the client gets to see it. */
export function distort(reply: Reply, distortion: Distortion): Reply {
  const { status = reply.status, headers, depth, padding, share = 1 } = distortion;
  const body = bodyOf(reply, distortion);
  const text = withDepth(body === undefined ? undefined : JSON.stringify(body), depth);
  return {
    status,
    headers: { ...withLocation(reply.headers ?? {}, distortion.location), ...headers },
    ...(text === undefined ? {} : { text: text.slice(0, Math.floor(text.length * share)) }),
    ...(padding === undefined ? {} : { padding }),
  };
}

function bodyOf({ body }: Reply, { body: fields, without = [] }: Distortion): Record<string, unknown> | undefined {
  if (body === undefined && fields === undefined) return undefined;
  const answer: Record<string, unknown> = { ...(body as object | undefined), ...fields };
  return "tasks" in answer ? { ...answer, tasks: withoutFields(answer.tasks, without) } : answer;
}

function withoutFields(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutFields(item, names));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutFields(item, names)]));
}

/** As text: what nests so deep cannot be written by `JSON.stringify`. */
function withDepth(json: string | undefined, depth: number | undefined): string | undefined {
  if (depth === undefined) return json;
  const deep = `"deep":${"[".repeat(depth)}${"]".repeat(depth)}`;
  return json === undefined || json === "{}" ? `{${deep}}` : `{${deep},${json.slice(1)}`;
}

function withLocation(
  headers: Readonly<Record<string, string>>,
  form: Distortion["location"],
): Readonly<Record<string, string>> {
  const name = ["operation-location", "location"].find((candidate) => candidate in headers);
  if (form === undefined || name === undefined) return headers;
  const { [name]: address = "", ...others } = headers;
  const url = new URL(address);
  switch (form) {
    case "absent":
      return others;
    case "empty":
      return { ...others, [name]: "" };
    case "malformed":
      return { ...others, [name]: "https://[not an address" };
    case "relative":
      return { ...others, [name]: `${url.pathname}${url.search}` };
    case "otherHost":
      return { ...others, [name]: `https://gateway.example${url.pathname}${url.search}` };
    case "withoutVersion":
      return { ...others, [name]: `${url.origin}${url.pathname}` };
  }
}
