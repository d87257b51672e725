import type { HttpMethods } from "@azure/core-rest-pipeline";
import { z } from "zod";
import { type Answer, followPages, MOST_PAGES, ownAddress } from "../answer.ts";
import { classifyAnswer, isUnknownPath, unreadableAnswer } from "../errors/classify.ts";
import { LanguageError } from "../errors/language-error.ts";
import type { Send } from "../transport.ts";
import type { AuthoringJob } from "./authoring.ts";
import { type AuthoringAction, askedFor } from "./authoring-hints.ts";

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
  /** An address of the service that leads to another host is taken for the same path at this one. */
  const own = (given: string): string => {
    const { pathname } = new URL(given, endpoint);
    return ownAddress(given, new URL(pathname, endpoint)).href;
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
    throw unreadableAnswer(answer, askedFor(action, endpoint).words, parsed.error);
  };

  const read: AuthoringCalls["read"] = async (request, schema, found = [200]) => {
    const answer = await call(request);
    if (!found.includes(answer.status)) throw classifyAnswer(answer, askedFor(request.action, endpoint));
    return parse(answer, request.action, schema);
  };

  const begin = async (request: AuthoringRequest): Promise<{ job: AuthoringJob | undefined; answer: Answer }> => {
    const answer = await call(request);
    if (answer.status < 200 || answer.status >= 300) {
      throw classifyAnswer(answer, askedFor(request.action, endpoint));
    }
    const given = answer.headers.get(locationHeader);
    if (answer.status !== 202 || !given || !URL.canParse(given, endpoint)) return { job: undefined, answer };
    const location = own(given);
    const jobId = decodeURIComponent(new URL(location).pathname.split("/").pop() ?? "");
    return { job: { jobId, location }, answer };
  };

  return {
    read,
    start: async (request) => (await begin(request)).job,
    async find(request, schema) {
      const answer = await call(request);
      if (isMissing(answer)) return undefined;
      if (answer.status !== 200) throw classifyAnswer(answer, askedFor(request.action, endpoint));
      return parse(answer, request.action, schema);
    },
    async list(request, item) {
      const page = z.looseObject({ value: z.array(item), nextLink: z.string().nullish() });
      const { action } = request;
      const asked = askedFor(action, endpoint);
      let last = await call(request);
      const readPage = () => {
        if (last.status !== 200) throw classifyAnswer(last, asked);
        return parse(last, action, page);
      };
      const pages = await followPages(readPage(), async (nextLink, isTooMany) => {
        if (isTooMany) throw unreadableAnswer(last, asked.words, `more than ${MOST_PAGES} pages`);
        last = await send({ method: "GET", url: own(nextLink) });
        return readPage();
      });
      return pages.flatMap(({ value }) => value);
    },
    async startJob(request) {
      const { job, answer } = await begin(request);
      if (job === undefined) {
        const { words } = askedFor(request.action, endpoint);
        throw unreadableAnswer(answer, words, `no job in the header ${locationHeader}`);
      }
      return job;
    },
    jobAt: (path, jobId) => ({ jobId, location: addressOf(`${path}/${encodeURIComponent(jobId)}`) }),
    async job({ location }, schema) {
      const answer = await send({ method: "GET", url: own(location) });
      if (answer.status !== 200) throw classifyAnswer(answer, askedFor("poll", endpoint));
      return { state: parse(answer, "poll", schema), answer };
    },
  };
}

/** True when what was asked for is not there; not when the whole path means nothing to who answered. */
function isMissing(answer: Answer): boolean {
  return answer.status === 404 && !isUnknownPath(answer);
}

/** What a deletion answers; undefined when there was nothing to delete, which is as good. */
export async function undefinedIfMissing<Result>(deletion: Promise<Result>): Promise<Result | undefined> {
  try {
    return await deletion;
  } catch (error) {
    if (error instanceof LanguageError && error.status === 404 && error.class === "document") return undefined;
    throw error;
  }
}
