import type { Server, ServerResponse } from "node:http";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import type { ServerOptions } from "./azurite.ts";

/** What we use of LokiJS 1.5 (`lokijs/src/lokijs.js`), the database inside Azurite. */
interface LokiDatabase {
  collections: LokiCollection[];
  persistenceAdapter: { saveDatabase(name: string, text: string, callback: (error?: Error) => void): void };
  autosaveDisable(): void;
}

export interface LokiCollection {
  name: string;
  data: LokiDocument[];
  maxId: number;
  on(event: "insert" | "update" | "delete", listener: (documents: LokiDocument | LokiDocument[]) => void): void;
  ensureAllIndexes(force: boolean): void;
}

export interface LokiDocument {
  $loki: number;
}

interface MetadataStore {
  db: LokiDatabase;
  init(): Promise<void>;
}

interface Account {
  name: string;
  key1: Buffer;
}

/** What we use of Azurite's servers (`azurite/dist/src/common/ServerBase.js` and its heirs); the package has no types. */
export interface AzuriteServer {
  metadataStore: MetadataStore;
  extentMetadataStore: MetadataStore;
  accountDataStore: { getAccount(name: string): Account | undefined };
  /** Removes chunks of data that nothing refers to any more: at the start, then every ten minutes (queues: every one). */
  gcManager: object | undefined;
  httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}

type Constructor = new (...parameters: unknown[]) => AzuriteServer;
const require = createRequire(import.meta.url);
leaveOut("applicationinsights");
const load = (name: string): Constructor =>
  (require(`azurite/dist/src/${name}.js`) as { default: Constructor }).default;
const { EMULATOR_ACCOUNT_KEY: key1 } = require("azurite/dist/src/blob/utils/constants.js") as {
  EMULATOR_ACCOUNT_KEY: Buffer;
};

/**
 * Leaves a package out of Azurite that it loads and, as it is started here, never uses: the client of its telemetry and
 * what that needs are half of its modules, and half of the time of a start.
 */
function leaveOut(name: string): void {
  const path = createRequire(require.resolve("azurite/dist/src/common/Telemetry.js")).resolve(name);
  const empty = new Module(path);
  empty.loaded = true;
  require.cache[path] = empty;
}

/**
 * Azurite finds out what a request wants by matching its path, of which it knows three forms, with the template of each
 * of its seventy operations, and reads each template anew: a tenth of what it takes. Here each pair is matched once.
 */
function rememberMatches(service: ServerOptions["service"]): void {
  const utils = require(`azurite/dist/src/${service}/generated/utils/utils.js`) as {
    isURITemplateMatch(path: string, template: string): boolean;
  };
  const match = utils.isURITemplateMatch;
  const known = new Map<string, boolean>();
  utils.isURITemplateMatch = (path, template) => {
    const pair = `${template} ${path}`;
    const matches = known.get(pair) ?? match(path, template);
    if (known.size < 1000) known.set(pair, matches);
    return matches;
  };
}

/**
 * Builds a server the way Azurite's own command line does; the arguments are positional there. `skipApiVersionCheck`
 * because the storage SDKs ask for newer API versions than Azurite knows. Nothing here sends telemetry: that is a
 * part of Azurite's command line, which is not used, and its client is not even loaded.
 *
 * In memory it collects no garbage: there each chunk of data is a row of its own, the collector searches all rows for
 * each that it removes, and answers nobody meanwhile (8,000 overwritten blobs: two minutes). What is in memory is gone
 * with the process anyway.
 *
 * Every account name is accepted with the development key.
 *
 * A look (HEAD) for a blob that is not there costs no connection, as in Azure.
 */
export function createServer({ service, port, directory, certificate }: ServerOptions): AzuriteServer {
  const [configuration, server] =
    service === "blob" ? ["BlobConfiguration", "BlobServer"] : ["QueueConfiguration", "QueueServer"];
  const path = (name: string): string => join(directory ?? ".", name);
  const extents = [{ locationId: "Default", locationPath: path(`${service}s`), maxConcurrency: 50 }];
  const settings = new (load(`${service}/${configuration}`))(
    "127.0.0.1",
    port,
    ...(service === "blob" ? [undefined] : [60]), // keep-alive seconds; the blob server ignores its own
    path(`${service}s.json`),
    path(`${service}s-extents.json`),
    extents,
    ...[false, undefined, false, undefined], // access log, its stream, debug log, its file
    ...[false, true], // loose, skipApiVersionCheck
    ...[certificate?.certFile ?? "", certificate?.keyFile ?? "", ""], // certificate, its key, password of a PFX file
    ...[certificate && "basic", false, directory === undefined], // OAuth, disableProductStyleUrl, isMemoryPersistence
  );
  rememberMatches(service);
  const created = new (load(`${service}/${server}`))(settings);
  if (directory === undefined) created.gcManager = undefined;
  created.httpServer.prependListener("request", (request, response) => {
    if (request.method === "HEAD") keepConnection(response);
  });
  created.accountDataStore.getAccount = (name) => ({ name, key1 });
  return created;
}

/**
 * Azurite says nothing of the length of an answer to a HEAD that failed, so that Node's client takes the connection to be
 * over and opens another for its next request. Azure says `Transfer-Encoding: chunked`.
 */
function keepConnection(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...parameters: unknown[]) => ServerResponse;
  response.writeHead = (...parameters: unknown[]) => {
    if (!response.hasHeader("Content-Length")) response.setHeader("Transfer-Encoding", "chunked");
    return writeHead(...parameters);
  };
}
