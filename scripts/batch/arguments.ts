import { basename, resolve } from "node:path";
import { readCommand, withUsage } from "../../dev/command-line.ts";
import { isBlobName } from "../../src/lib/storage/blobs.ts";

const USAGE = `npm run batch -- FOLDER --pipeline P [options]      upload, watch, download
npm run batch -- --watch RUN --pipeline P [options] watch a run again, download

  --pipeline P      pipeline that shall have the files
  --name RUN        name of the run: the folder in the container that its documents lie in
                    (default: where the pipeline's documents lie, and the name of FOLDER in it)
  --out DIR         where results and failure records are put (default: <last part of RUN>-results)
  --no-wait         return as soon as all is uploaded
  --json            print what came of it as JSON, and nothing else

  --url URL         address of the functions; default FUNCTIONS_URL, or http://localhost:7071
  --code KEY        function key of the app; default FUNCTIONS_KEY
  --storage ACCOUNT storage account: connection string, address or name; default AZURE_STORAGE_CONNECTION_STRING, or
                    AZURE_STORAGE_ACCOUNT, which you must be signed in to

It ends with 0 when every file became a result, with 1 when not, with 2 when it could not be done as asked, and with 130
after Ctrl-C. What is uploaded goes on without this terminal; the same command uploads what is not there yet.`;

const OPTIONS = {
  pipeline: { type: "string" },
  name: { type: "string" },
  watch: { type: "string" },
  out: { type: "string" },
  "no-wait": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  url: { type: "string" },
  code: { type: "string" },
  storage: { type: "string" },
} as const;

/** Longer names of runs leave no room for names of documents in a blob's 1,024 characters. */
const LONGEST_NAME = 400;

export interface BatchArguments {
  /** Absent when a run is only watched. */
  folder: string | undefined;
  pipeline: string;
  /** Name of the run; absent: made from the pipeline and the folder. */
  name: string | undefined;
  out: string | undefined;
  wait: boolean;
  json: boolean;
  url: string;
  code: string | undefined;
  /** Connection string, address or name of the storage account. */
  storage: string;
  containers: { input: string; results: string; failed: string };
  /** What has to be given again to watch the run, besides its name and pipeline. */
  again: string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError */
export function readBatchArguments(args: readonly string[], env: Environment): BatchArguments {
  return withUsage(USAGE, () => toArguments(readCommand(USAGE, OPTIONS, args), env));
}

function toArguments(
  { values, positionals }: ReturnType<typeof readCommand<typeof OPTIONS>>,
  env: Environment,
): BatchArguments {
  const { watch, pipeline, out } = values;
  const [folder, ...rest] = positionals;
  if (pipeline === undefined) throw new Error("Which pipeline? --pipeline P");
  if (rest.length > 0 || (folder === undefined) === (watch === undefined))
    throw new Error("Name one folder, or with --watch one run.");
  if (watch !== undefined && values.name !== undefined)
    throw new Error("--watch names the run already; leave --name out.");
  const url = values.url ?? env.FUNCTIONS_URL ?? "http://localhost:7071";
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new Error(`--url must be an address such as https://<app>.azurewebsites.net, found "${url}"`);
  const storage = values.storage ?? env.AZURE_STORAGE_CONNECTION_STRING ?? env.AZURE_STORAGE_ACCOUNT;
  if (storage === undefined || storage === "")
    throw new Error(
      "Which storage account? --storage ACCOUNT, or AZURE_STORAGE_ACCOUNT; of the local stack the storage of its line ready {…}.",
    );
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    pipeline,
    name: runName(watch ?? values.name),
    out,
    wait: !values["no-wait"],
    json: values.json,
    url: url.replace(/\/+$/, ""),
    code: values.code ?? env.FUNCTIONS_KEY,
    storage,
    containers: {
      input: env.INPUT_CONTAINER_NAME ?? "documents",
      results: env.RESULTS_CONTAINER_NAME ?? "results",
      failed: env.FAILED_CONTAINER_NAME ?? "failed",
    },
    again: [...(values.url === undefined ? [] : ["--url", url]), ...(out === undefined ? [] : ["--out", out])],
  };
}

function runName(given: string | undefined): string | undefined {
  const name = given?.replaceAll("\\", "/").replace(/^\/+|\/+$/g, "");
  if (name === undefined || (isBlobName(name) && name.length <= LONGEST_NAME)) return name;
  throw new Error(`A run is named like a folder, with at most ${LONGEST_NAME} characters, not "${given}".`);
}

/**
 * The run that a folder becomes when nobody names it: in the folder that the pipeline's glob begins with. The same folder
 * becomes the same run each time, so that the same command goes on where it stopped.
 */
export function defaultRunName(match: string, folder: string): string {
  const literal = /^[^*?[{!@+(\\]*/.exec(match)?.[0] ?? "";
  return `${literal.slice(0, literal.lastIndexOf("/") + 1)}${basename(folder)}`;
}
