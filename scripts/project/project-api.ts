import { z } from "zod";

const scoresSchema = z.looseObject({
  macroF1: z.number().optional(),
  microF1: z.number().optional(),
  classes: z.record(z.string(), z.looseObject({ f1: z.number().optional() })).default({}),
});

const findingSchema = z.looseObject({ found: z.string(), expected: z.string() });
const reason = { code: z.string(), hint: z.string().optional(), problems: z.array(findingSchema).optional() };
const errorSchema = z.looseObject({ message: z.string(), ...reason });
/** Problem details (RFC 9457). */
const problemSchema = z.object({ detail: z.string(), ...reason });

const deploymentSchema = z.looseObject({ name: z.string(), model: z.string(), modelId: z.string().optional() });

const statusSchema = z.looseObject({
  project: z.string(),
  state: z.string(),
  running: z.boolean(),
  step: z.string().optional(),
  percent: z.number().optional(),
  job: z.looseObject({ name: z.string() }).optional(),
  model: z.looseObject({ label: z.string() }).optional(),
  scores: scoresSchema.optional(),
  deployment: deploymentSchema.optional(),
  deployments: z.array(deploymentSchema).default([]),
  labels: z.looseObject({ source: z.string(), documents: z.number(), warnings: z.array(findingSchema) }).optional(),
  error: errorSchema.optional(),
  startedAt: z.string().optional(),
});

/** What `GET /api/projects/{name}` answers. */
export type Status = z.output<typeof statusSchema>;
export type ApiError = z.output<typeof errorSchema>;

/** The app did not take it. */
export class RefusedError extends Error {
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(error.message);
    this.error = error;
  }
}

/** Nothing, or something else than the app, is at its address. The message is one line for people. */
export class UnreachableError extends Error {}

export interface ProjectApi {
  status(): Promise<Status>;
  put(definition: string): Promise<void>;
  train(options: { modelLabel?: string | undefined }): Promise<void>;
  deploy(options: {
    modelLabel?: string | undefined;
    deploymentName?: string | undefined;
    ignoreThresholds?: boolean | undefined;
  }): Promise<void>;
  renew(options: { modelLabel?: string | undefined; deploymentName?: string | undefined }): Promise<void>;
  remove(only: { model?: string | undefined; deployment?: string | undefined }): Promise<void>;
}

/** A project over the HTTP interface of a deployed app or the local stack. Methods throw RefusedError and UnreachableError. */
export function projectApi({
  url,
  code,
  project,
}: {
  url: string;
  code: string | undefined;
  project: string;
}): ProjectApi {
  const call = async (method: string, rest: string, body?: string, query: Record<string, string | undefined> = {}) => {
    const address = new URL(`${url}/api/projects/${encodeURIComponent(project)}${rest}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);
    const headers = {
      ...(code === undefined ? {} : { "x-functions-key": code }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const answer = await fetch(address, { method, headers, ...(body === undefined ? {} : { body }) }).catch(
      (error: unknown) => {
        throw new UnreachableError(
          `Nothing answers at ${url} (${connectionFault(error)}). Is the app running? Set --url.`,
        );
      },
    );
    const text = await answer.text();
    if (!answer.ok) throw new RefusedError(readError(answer.status, text));
    return text;
  };
  return {
    status: async () => readStatus(url, await call("GET", "")),
    put: async (definition) => void (await call("PUT", "", definition)),
    train: async (options) => void (await call("POST", "/train", JSON.stringify(options))),
    deploy: async (options) => void (await call("POST", "/deploy", JSON.stringify(options))),
    renew: async (options) => void (await call("POST", "/renew", JSON.stringify(options))),
    remove: async (only) => void (await call("DELETE", "", undefined, only)),
  };
}

/** `ECONNREFUSED`, `ENOTFOUND`, …: fetch itself says only that it failed. */
function connectionFault(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return z.object({ code: z.string() }).safeParse(cause).data?.code ?? "no connection";
}

function readStatus(url: string, text: string): Status {
  try {
    return statusSchema.parse(JSON.parse(text));
  } catch {
    throw new UnreachableError(`What answers at ${url} is not this app. Set --url to the address of the functions.`);
  }
}

function readError(status: number, text: string): ApiError {
  try {
    const { detail: message, ...problem } = problemSchema.parse(JSON.parse(text));
    return { ...problem, message };
  } catch {
    const isKey = status === 401 || status === 403;
    const hint = isKey
      ? "Give the app's master key: --code, or FUNCTIONS_KEY; a function key only reads."
      : "Is --url the address of the functions?";
    return { code: `Http${status}`, message: `The app answered HTTP ${status}`, hint };
  }
}
