import type { FunctionRunner } from "../function-runner.ts";
import type { HostFunction, QueueTrigger } from "../host-function.ts";
import { toOffsetTime, toTypedData } from "../typed-data.ts";
import type { ReceivedMessage } from "./queue-listener.ts";

/** Storage refuses longer queue names (naming queues, in its REST reference). */
const longestName = 63;

/**
 * The queue that takes the messages a queue's function cannot handle.
 *
 * @returns undefined when the queue has none: its name ends in `-poison` itself or leaves no room for that.
 */
export function poisonQueueName(queueName: string): string | undefined {
  const name = `${queueName}-poison`;
  return queueName.endsWith("-poison") || name.length > longestName ? undefined : name;
}

/** Runs a queue-triggered function for a message: its text (JSON is parsed by the library) and the usual metadata. */
export async function runQueueFunction(
  runner: FunctionRunner,
  target: HostFunction<QueueTrigger>,
  message: Pick<ReceivedMessage, "text"> & Partial<ReceivedMessage>,
): Promise<unknown> {
  const metadata = {
    QueueTrigger: message.text,
    DequeueCount: message.dequeueCount ?? 1,
    ExpirationTime: toOffsetTime(message.expiresOn),
    Id: message.messageId ?? "",
    InsertionTime: toOffsetTime(message.insertedOn),
    NextVisibleTime: toOffsetTime(message.nextVisibleOn),
    PopReceipt: message.popReceipt ?? "",
  };
  const result = await runner.run(
    target,
    {
      trigger: { string: message.text },
      metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, toTypedData(value)])),
    },
    { ...metadata, ...members(message.text) },
  );
  return result.value;
}

/** The members of a JSON object can be used in the paths of outputs. */
function members(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** How message texts travel: base64, unless host.json says `none`. */
export type MessageEncoding = "base64" | "none";

/** The text as a queue holds it. */
export function encodeMessage(text: string, encoding: MessageEncoding): string {
  return encoding === "base64" ? Buffer.from(text).toString("base64") : text;
}

/** The text of a message, or undefined when it is not in the expected encoding. */
export function decodeMessage(text: string, encoding: MessageEncoding): string | undefined {
  if (encoding === "none") return text;
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64").toString();
}
