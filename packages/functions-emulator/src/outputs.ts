import type { InvocationResponse, TypedData } from "./core-api.ts";
import { type HostFunction, type Output, returnBinding } from "./host-function.ts";
import { encodeMessage, type MessageEncoding } from "./queues/queue-trigger.ts";
import { type StorageClients, statusOf } from "./storage.ts";
import { toBytes, toText } from "./typed-data.ts";

export interface OutputWriterOptions {
  storage: StorageClients;
  messageEncoding: MessageEncoding;
  now: () => number;
  /** Told of each queue that got a message, by its address, so that a listener need not wait for its next look. */
  onEnqueued: (queueUrl: string) => void;
}

/** Writes what functions put into blob and queue outputs; an HTTP response is left to the HTTP server. */
export class OutputWriter {
  readonly #options: OutputWriterOptions;

  constructor(options: OutputWriterOptions) {
    this.#options = options;
  }

  /**
   * @param values what the parameters of paths and queue names stand for.
   * @throws Error when a parameter has no value or storage refuses.
   */
  async write(target: HostFunction, response: InvocationResponse, values: Record<string, unknown>): Promise<void> {
    for (const output of target.outputs) {
      const data =
        output.binding === returnBinding
          ? response.returnValue
          : response.outputData?.find(({ name }) => name === output.binding)?.data;
      if (data === undefined || data === null || output.kind === "http") continue;
      const system = { now: this.#options.now(), functionName: target.name };
      if (output.kind === "blob") await this.#writeBlob(output, output.path.render(values, system), data);
      else await this.#sendMessages(output, output.queueName.render(values, system), data);
    }
  }

  async #writeBlob(output: Output & { kind: "blob" }, path: string, data: TypedData): Promise<void> {
    const bytes = toBytes(data);
    if (bytes === undefined) return;
    const slash = path.indexOf("/");
    const container = this.#options.storage.blobs(output.connection).getContainerClient(path.slice(0, slash));
    const blob = container.getBlockBlobClient(path.slice(slash + 1));
    await createOnDemand(
      () => blob.uploadData(bytes),
      () => container.createIfNotExists(),
    );
  }

  async #sendMessages(output: Output & { kind: "queue" }, queueName: string, data: TypedData): Promise<void> {
    const { storage, messageEncoding, onEnqueued } = this.#options;
    const queue = storage.queues(output.connection).getQueueClient(queueName);
    for (const text of messageTexts(data)) {
      await createOnDemand(
        () => queue.sendMessage(encodeMessage(text, messageEncoding)),
        () => queue.createIfNotExists(),
      );
    }
    onEnqueued(queue.url);
  }
}

/** An array is one message for each of its elements; an object is its JSON. */
function messageTexts(data: TypedData): string[] {
  const parsed: unknown = data.json ? JSON.parse(data.json) : undefined;
  if (Array.isArray(parsed)) return parsed.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  const text = toText(data);
  return text === undefined ? [] : [text];
}

/** Runs an operation; when its container or queue is missing, creates that and tries once more. */
export async function createOnDemand<T>(operation: () => Promise<T>, create: () => Promise<unknown>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await create();
    return await operation();
  }
}
