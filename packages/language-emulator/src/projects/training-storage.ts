import { BlobServiceClient, RestError } from "@azure/storage-blob";
import pMap from "p-map";

/** Why a container or a text in it cannot be read. */
export type StorageProblem =
  | { problem: "notLinked" }
  | { problem: "noPermission"; container: string }
  | { problem: "noContainer"; container: string }
  | { problem: "noBlob"; container: string; names: string[] }
  | { problem: "unreachable"; container: string; detail: string };

/** Thrown when storage does not give what was asked for. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly why: StorageProblem;

  constructor(why: StorageProblem) {
    super(`Storage: ${why.problem}`);
    this.why = why;
  }
}

/** Texts read from storage at once. */
const CONCURRENCY = 16;

/** Where the texts and labels of projects are: containers with blobs. */
export interface TrainingStorage {
  /** Looks into a container. @throws StorageError when there is none, or it may not be read */
  check(container: string): Promise<void>;
  /** The text of a blob, UTF-8, a byte order mark left out. @throws StorageError */
  read(container: string, name: string): Promise<string>;
}

/** Several texts by name. @throws StorageError that names every one that is missing */
export async function readAll(
  storage: TrainingStorage,
  container: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  await storage.check(container);
  const missing: string[] = [];
  const texts = new Map<string, string>();
  const readOne = async (name: string): Promise<void> => {
    try {
      texts.set(name, await storage.read(container, name));
    } catch (error) {
      if (!(error instanceof StorageError) || error.why.problem !== "noBlob") throw error;
      missing.push(name);
    }
  };
  await pMap(names, readOne, { concurrency: CONCURRENCY });
  if (missing.length > 0) throw new StorageError({ problem: "noBlob", container, names: missing.toSorted() });
  return texts;
}

/** Containers of the emulator's own, in memory: the projects that it was started with, and what is put there. */
export class OwnContainers implements TrainingStorage {
  readonly #containers = new Map<string, Map<string, string>>();

  put(container: string, name: string, text: string): void {
    const blobs = this.#containers.get(container) ?? new Map<string, string>();
    this.#containers.set(container, blobs.set(name, text));
  }

  /** Names of blobs by container. */
  list(): Record<string, string[]> {
    return Object.fromEntries([...this.#containers].map(([container, blobs]) => [container, [...blobs.keys()]]));
  }

  async check(container: string): Promise<void> {
    if (!this.#containers.has(container)) throw new StorageError({ problem: "noContainer", container });
  }

  async read(container: string, name: string): Promise<string> {
    await this.check(container);
    const text = this.#containers.get(container)?.get(name);
    if (text === undefined) throw new StorageError({ problem: "noBlob", container, names: [name] });
    return text;
  }
}

/** No storage: the resource was made without an account. */
export const NOT_LINKED: TrainingStorage = {
  async check() {
    throw new StorageError({ problem: "notLinked" });
  },
  async read() {
    throw new StorageError({ problem: "notLinked" });
  },
};

/** The storage account that is linked to the Language resource. */
export class LinkedAccount implements TrainingStorage {
  readonly #service: BlobServiceClient;

  /** @throws Error when it is not a connection string */
  constructor(connection: string) {
    this.#service = connect(connection);
  }

  async check(container: string): Promise<void> {
    const client = this.#service.getContainerClient(container);
    await explained(container, async () => {
      for await (const _ of client.listBlobsFlat().byPage({ maxPageSize: 1 })) break;
    });
  }

  async read(container: string, name: string): Promise<string> {
    const client = this.#service.getContainerClient(container);
    return await explained(
      container,
      async () => new TextDecoder().decode(await client.getBlobClient(name).downloadToBuffer()),
      name,
    );
  }
}

function connect(connection: string): BlobServiceClient {
  const retryOptions = { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 30_000 };
  try {
    return BlobServiceClient.fromConnectionString(connection, { retryOptions });
  } catch {
    throw new Error("storage is not a connection string of a storage account, such as AzureWebJobsStorage has.");
  }
}

async function explained<T>(container: string, act: () => Promise<T>, blob?: string): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    throw new StorageError(explain(error, container, blob));
  }
}

function explain(error: RestError, container: string, blob: string | undefined): StorageProblem {
  const { statusCode, code } = error;
  if (statusCode === 401 || statusCode === 403) return { problem: "noPermission", container };
  if (code === "ContainerNotFound" || (statusCode === 404 && blob === undefined)) {
    return { problem: "noContainer", container };
  }
  // A name that storage does not allow for a container can be none of its containers.
  if (statusCode === 400 && blob === undefined) return { problem: "noContainer", container };
  if (statusCode === 404 && blob !== undefined) return { problem: "noBlob", container, names: [blob] };
  return { problem: "unreachable", container, detail: code ?? "no answer" };
}
