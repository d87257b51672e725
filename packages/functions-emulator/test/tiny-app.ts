import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { ofAccount } from "azurite-process";
import { inject } from "vitest";
import type { Host } from "../src/host.ts";
import type { HostOptions } from "../src/host-options.ts";
import type { LogEntry } from "../src/log.ts";
import { startHost } from "../src/start-host.ts";

export const appDirectory = (name: string): string => fileURLToPath(new URL(`./apps/${name}`, import.meta.url));

/** What the functions of `apps/tiny` have recorded so far, oldest first. */
export function tinyCalls(): Record<string, unknown>[] {
  const holder = globalThis as { tinyCalls?: Record<string, unknown>[] };
  holder.tinyCalls ??= [];
  return holder.tinyCalls;
}

/** The records that have a member of this name, and that member. */
export function recorded(name: string): unknown[] {
  return tinyCalls().flatMap((call) => (name in call ? [call[name]] : []));
}

/** Starts `apps/tiny` on a storage account, quickly looking and with an empty record. */
export async function startTiny(
  connectionString: string,
  options: Partial<HostOptions> = {},
): Promise<Host & { lines: LogEntry[] }> {
  tinyCalls().splice(0);
  const lines: LogEntry[] = [];
  const host = await startHost({
    appDirectory: appDirectory("tiny"),
    scanIntervalSeconds: 0.1,
    pollIntervalSeconds: 0.1,
    log: (entry) => lines.push(entry),
    ...options,
    settings: { AzureWebJobsStorage: connectionString, HUB: "TinyHub", DROP: "drop", ...options.settings },
  });
  return Object.assign(host, { lines });
}

/** The connection string of an empty account of the run's storage emulator. */
export function freshAccount(): string {
  return ofAccount(inject("storage"), `test${randomBytes(8).toString("hex")}`);
}

/** Containers and queues of an account. */
export function storageOf(connectionString: string) {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  return {
    container: async (name: string): Promise<ContainerClient> => {
      const container = blobs.getContainerClient(name);
      await container.createIfNotExists();
      return container;
    },
    queue: async (name: string): Promise<QueueClient> => {
      const queue = queues.getQueueClient(name);
      await queue.createIfNotExists();
      return queue;
    },
  };
}

export async function put(container: ContainerClient, name: string, text: string): Promise<void> {
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

/** The texts of the messages that are visible now, decoded from base64. */
export async function peek(queue: QueueClient): Promise<string[]> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, "base64").toString());
}

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
