import { type ContainerClient, RestError } from "@azure/storage-blob";
import type { RecordContainers } from "../../../src/lib/storage/blobs.ts";

interface FakeBlob {
  text: string;
  etag: string;
  lastModified: Date;
  metadata: Record<string, string>;
}

interface Conditions {
  ifMatch?: string;
  ifNoneMatch?: string;
}

/** Waits before each storage operation: where a test decides who goes next. */
export type Gate = () => Promise<void>;

/** Somebody who works on the containers, and all that the storage has answered it so far. */
interface Client {
  name: string;
  gate: Gate;
  answers: string[];
}

/** The blobs of one container, as the storage service keeps them: every operation is one indivisible step. */
class FakeContainer {
  readonly blobs = new Map<string, FakeBlob>();

  put(name: string, text: string, facts: { etag?: string; metadata?: Record<string, string> } = {}): void {
    const { etag = '"before"', metadata = {} } = facts;
    this.blobs.set(name, { text, etag, lastModified: new Date("2026-01-01T00:00:00Z"), metadata });
  }

  view(client: Client): ContainerClient {
    const step = async <T>(operation: () => T): Promise<T> => {
      await client.gate();
      try {
        const answer = operation();
        client.answers.push(JSON.stringify(answer));
        return answer;
      } catch (error) {
        client.answers.push(String(error));
        throw error;
      }
    };
    const blobClient = (name: string) => ({
      getProperties: () => step(() => ({ ...this.#get(name), contentLength: this.#get(name).text.length })),
      download: () => step(() => ({ ...this.#get(name), readableStreamBody: [Buffer.from(this.#get(name).text)] })),
      delete: ({ conditions = {} }: { conditions?: Conditions }) =>
        step(() => {
          this.#get(name);
          this.#check(name, conditions);
          this.blobs.delete(name);
        }),
      upload: (body: Buffer, _: number, options: { conditions: Conditions; metadata?: Record<string, string> }) =>
        step(() => {
          this.#check(name, options.conditions);
          // Named by its writer, so that equal histories give equal states.
          const etag = `"${client.name}-${client.answers.length}"`;
          this.put(name, body.toString(), { etag, metadata: options.metadata ?? {} });
          return { etag };
        }),
    });
    return { getBlobClient: blobClient, getBlockBlobClient: blobClient } as unknown as ContainerClient;
  }

  #get(name: string): FakeBlob {
    const blob = this.blobs.get(name);
    if (blob === undefined) throw refusal("BlobNotFound", 404);
    return blob;
  }

  #check(name: string, { ifMatch, ifNoneMatch }: Conditions): void {
    const blob = this.blobs.get(name);
    if (ifNoneMatch === "*" && blob !== undefined) throw refusal("BlobAlreadyExists", 409);
    if (ifMatch !== undefined && blob?.etag !== ifMatch) throw refusal("ConditionNotMet", 412);
  }
}

function refusal(code: string, statusCode: number): RestError {
  return new RestError(code, { code, statusCode });
}

/** The three containers that publishing works on. */
export class FakeStorage {
  readonly results = new FakeContainer();
  readonly failed = new FakeContainer();
  readonly redacted = new FakeContainer();
  readonly input = new FakeContainer();
  readonly #clients: Client[] = [];

  /** The containers as one more client of the storage sees them. */
  clients(gate: Gate = async () => {}): RecordContainers {
    const client = { name: `client${this.#clients.length}`, gate, answers: [] };
    this.#clients.push(client);
    return {
      results: this.results.view(client),
      failed: this.failed.view(client),
      redacted: this.redacted.view(client),
      input: this.input.view(client),
    };
  }

  /** All that decides how things go on: the blobs, and what each client knows. */
  state(): string {
    const blobs = [this.results, this.failed, this.redacted, this.input].map(({ blobs }) => [...blobs].toSorted());
    return JSON.stringify([blobs, this.#clients.map(({ answers }) => answers)]);
  }
}
