import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
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

/** The storage account that is linked to the Language resource: project containers with texts and labels. */
export class TrainingStorage {
  readonly #service: BlobServiceClient | undefined;

  /**
   * @param connection connection string; none when no account is linked
   * @throws Error when it is not a connection string
   */
  constructor(connection: string | undefined) {
    this.#service = connection === undefined ? undefined : connect(connection);
  }

  /** Looks into a container. @throws StorageError when there is none, or it may not be read */
  async check(container: string): Promise<void> {
    const client = this.#container(container);
    await explained(container, async () => {
      for await (const _ of client.listBlobsFlat().byPage({ maxPageSize: 1 })) break;
    });
  }

  /** The text of a blob, UTF-8, a byte order mark left out. @throws StorageError */
  async read(container: string, name: string): Promise<string> {
    const client = this.#container(container);
    return await explained(
      container,
      async () => {
        const content = await client.getBlobClient(name).downloadToBuffer();
        return new TextDecoder().decode(content);
      },
      name,
    );
  }

  /** Several texts by name. @throws StorageError that names every one that is missing */
  async readAll(container: string, names: readonly string[]): Promise<Map<string, string>> {
    await this.check(container);
    const missing: string[] = [];
    const texts = new Map<string, string>();
    const readOne = async (name: string): Promise<void> => {
      try {
        texts.set(name, await this.read(container, name));
      } catch (error) {
        if (!(error instanceof StorageError) || error.why.problem !== "noBlob") throw error;
        missing.push(name);
      }
    };
    await pMap(names, readOne, { concurrency: CONCURRENCY });
    if (missing.length > 0) throw new StorageError({ problem: "noBlob", container, names: missing.toSorted() });
    return texts;
  }

  #container(container: string): ContainerClient {
    if (this.#service === undefined) throw new StorageError({ problem: "notLinked" });
    return this.#service.getContainerClient(container);
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
