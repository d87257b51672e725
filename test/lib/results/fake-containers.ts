import { type ContainerClient, RestError } from "@azure/storage-blob";
import type { RecordContainers } from "../../../src/lib/storage/blobs.ts";

interface FakeBlob {
  text: string;
  etag: string;
  lastModified: Date;
  metadata: Record<string, string>;
  /** Equal for blobs of equal name and facts. */
  number: number;
}

/** Orders are tried by the ten thousand, and each step asks what is known: what was said once is a number from then on. */
const numbers = new Map<string, number>();

function numberOf(words: string): number {
  const known = numbers.get(words);
  if (known !== undefined) return known;
  numbers.set(words, numbers.size);
  return numbers.size - 1;
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
  /** Equal answers are equal numbers. */
  answers: number[];
}

/** The blobs of one container, as the storage service keeps them: every operation is one indivisible step. */
class FakeContainer {
  readonly blobs = new Map<string, FakeBlob>();

  put(name: string, text: string, facts: { etag?: string; metadata?: Record<string, string> } = {}): void {
    const { etag = '"before"', metadata = {} } = facts;
    const blob = { text, etag, lastModified: new Date("2026-01-01T00:00:00Z"), metadata };
    this.blobs.set(name, { ...blob, number: numberOf(JSON.stringify([name, blob])) });
  }

  /** Equal for equal blobs. */
  state(): string {
    return [...this.blobs.values()]
      .map(({ number }) => number)
      .toSorted()
      .join(" ");
  }

  view(client: Client): ContainerClient {
    const step = async <T>(operation: () => { answer: T; number: number }): Promise<T> => {
      await client.gate();
      try {
        const { answer, number } = operation();
        client.answers.push(number);
        return answer;
      } catch (error) {
        client.answers.push(numberOf(String(error)));
        throw error;
      }
    };
    const blobClient = (name: string) => ({
      getProperties: () =>
        step(() => {
          const { number, ...blob } = this.#get(name);
          return { answer: { ...blob, contentLength: blob.text.length }, number };
        }),
      download: () =>
        step(() => {
          const { number, ...blob } = this.#get(name);
          return { answer: { ...blob, readableStreamBody: [Buffer.from(blob.text)] }, number };
        }),
      delete: ({ conditions = {} }: { conditions?: Conditions }) =>
        step(() => {
          this.#get(name);
          this.#check(name, conditions);
          this.blobs.delete(name);
          return { answer: undefined, number: numberOf("deleted") };
        }),
      upload: (body: Buffer, _: number, options: { conditions: Conditions; metadata?: Record<string, string> }) =>
        step(() => {
          this.#check(name, options.conditions);
          // Named by its writer, so that equal histories give equal states.
          const etag = `"${client.name}-${client.answers.length}"`;
          this.put(name, body.toString(), { etag, metadata: options.metadata ?? {} });
          return { answer: { etag }, number: numberOf(etag) };
        }),
    });
    return { getBlobClient: blobClient, getBlockBlobClient: blobClient } as unknown as ContainerClient;
  }

  #get(name: string): FakeBlob {
    const blob = this.blobs.get(name);
    if (blob === undefined) throw NOT_FOUND;
    return blob;
  }

  #check(name: string, { ifMatch, ifNoneMatch }: Conditions): void {
    const blob = this.blobs.get(name);
    if (ifNoneMatch === "*" && blob !== undefined) throw ALREADY_THERE;
    if (ifMatch !== undefined && blob?.etag !== ifMatch) throw NOT_MET;
  }
}

/** Each is made once: what an error takes to make is its stack, which nobody reads here. */
const NOT_FOUND = refusal("BlobNotFound", 404);
const ALREADY_THERE = refusal("BlobAlreadyExists", 409);
const NOT_MET = refusal("ConditionNotMet", 412);

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
    const containers = [this.results, this.failed, this.redacted, this.input].map((container) => container.state());
    return [...containers, ...this.#clients.map(({ answers }) => answers.join(" "))].join(";");
  }
}
