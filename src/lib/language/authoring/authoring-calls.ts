import type { HttpMethods } from "@azure/core-rest-pipeline";
import { z } from "zod";
import { LanguageError, readServiceError } from "../errors/language-error.ts";
import type { Answer, Send } from "../transport.ts";
import type { AuthoringJob } from "./authoring.ts";
import { type AuthoringAction, authoringError, isUnknownPath, unreadableAnswer } from "./authoring-error.ts";

/** A call to authoring: `path` begins behind the wire's base address. */
export interface AuthoringRequest {
  action: AuthoringAction;
  path: string;
  query?: Readonly<Record<string, string>>;
  method?: HttpMethods;
  body?: object;
  contentType?: string;
}

/** The ways in which authoring is spoken to; all throw LanguageError. */
export interface AuthoringCalls {
  /** @param found statuses that are an answer, 200 by default */
  read<Output>(request: AuthoringRequest, schema: z.ZodType<Output>, found?: readonly number[]): Promise<Output>;
  /** Undefined for a 404. */
  find<Output>(request: AuthoringRequest, schema: z.ZodType<Output>): Promise<Output | undefined>;
  /** All pages of a list. */
  list<Output>(request: AuthoringRequest, item: z.ZodType<Output>): Promise<Output[]>;
  /** Starts a job, or does at once what needs none: then undefined. */
  start(request: AuthoringRequest): Promise<AuthoringJob | undefined>;
  /** Starts a job that there must be. */
  startJob(request: AuthoringRequest): Promise<AuthoringJob>;
  /** A job whose address is known by its form. */
  jobAt(path: string, jobId: string): AuthoringJob;
  /** What the job's address answers. */
  job<Output>(job: AuthoringJob, schema: z.ZodType<Output>): Promise<{ state: Output; answer: Answer }>;
}

export interface CallsOptions {
  send: Send;
  /** Language resource, no trailing slash. */
  endpoint: string;
  /** What stands between the endpoint and each path. */
  base: string;
  /** Query of every call. */
  query: Readonly<Record<string, string>>;
  /** Header in which a started job's address comes. */
  locationHeader: string;
}

export function createAuthoringCalls({ send, endpoint, base, query, locationHeader }: CallsOptions): AuthoringCalls {
  const origin = new URL(endpoint).origin;

  /** The service's own address, unless it leads to another host: the credential goes nowhere else. */
  const ownAddress = (given: string): string => {
    const url = new URL(given, endpoint);
    return url.origin === origin ? url.href : `${origin}${url.pathname}${url.search}`;
  };

  const addressOf = (path: string, more: Readonly<Record<string, string>> = {}): string => {
    const url = new URL(`${endpoint}${base}${path}`);
    for (const [name, value] of Object.entries({ ...query, ...more })) url.searchParams.set(name, value);
    return url.href;
  };

  const call = ({ method = "GET", path, query: more, body, contentType }: AuthoringRequest): Promise<Answer> =>
    send({ method, url: addressOf(path, more), body, contentType });

  const parse = <Output>(answer: Answer, action: AuthoringAction, schema: z.ZodType<Output>): Output => {
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw unreadableAnswer(answer, action, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "unknown"}`);
  };

  const read: AuthoringCalls["read"] = async (request, schema, found = [200]) => {
    const answer = await call(request);
    if (!found.includes(answer.status)) throw authoringError(answer, { action: request.action, endpoint });
    return parse(answer, request.action, schema);
  };

  const begin = async (request: AuthoringRequest): Promise<{ job: AuthoringJob | undefined; answer: Answer }> => {
    const answer = await call(request);
    if (answer.status < 200 || answer.status >= 300) {
      throw authoringError(answer, { action: request.action, endpoint });
    }
    const given = answer.headers.get(locationHeader);
    if (answer.status !== 202 || !given || !URL.canParse(given, endpoint)) return { job: undefined, answer };
    const location = ownAddress(given);
    const jobId = decodeURIComponent(new URL(location).pathname.split("/").pop() ?? "");
    return { job: { jobId, location }, answer };
  };

  return {
    read,
    start: async (request) => (await begin(request)).job,
    async find(request, schema) {
      const answer = await call(request);
      if (isMissing(answer)) return undefined;
      if (answer.status !== 200) throw authoringError(answer, { action: request.action, endpoint });
      return parse(answer, request.action, schema);
    },
    async list(request, item) {
      const page = z.looseObject({ value: z.array(item), nextLink: z.string().nullish() });
      const { action } = request;
      let { value, nextLink } = await read(request, page);
      const all = [...value];
      const seen = new Set<string>();
      while (nextLink && !seen.has(nextLink)) {
        seen.add(nextLink);
        const answer = await send({ method: "GET", url: ownAddress(nextLink) });
        if (answer.status !== 200) throw authoringError(answer, { action, endpoint });
        ({ value, nextLink } = parse(answer, action, page));
        all.push(...value);
      }
      return all;
    },
    async startJob(request) {
      const { job, answer } = await begin(request);
      if (job === undefined) throw unreadableAnswer(answer, request.action, `no job in the header ${locationHeader}`);
      return job;
    },
    jobAt: (path, jobId) => ({ jobId, location: addressOf(`${path}/${encodeURIComponent(jobId)}`) }),
    async job({ location }, schema) {
      const answer = await send({ method: "GET", url: ownAddress(location) });
      if (answer.status !== 200) throw authoringError(answer, { action: "look", endpoint });
      return { state: parse(answer, "look", schema), answer };
    },
  };
}

/** True when what was asked for is not there; not when the whole path means nothing to who answered. */
function isMissing({ status, body }: Answer): boolean {
  return status === 404 && !isUnknownPath(status, readServiceError(body)?.code);
}

/** What a deletion answers; undefined when there was nothing to delete, which is as good. */
export async function orMissing<Result>(deletion: Promise<Result>): Promise<Result | undefined> {
  try {
    return await deletion;
  } catch (error) {
    if (error instanceof LanguageError && error.status === 404 && error.class === "document") return undefined;
    throw error;
  }
}
