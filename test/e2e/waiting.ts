import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerClient } from "@azure/storage-blob";

/** A look that takes long, such as a list of a thousand names, comes more rarely: the stack has the processor meanwhile. */
const REST = 6;

/**
 * Waits until something holds, looking a few times a second at most.
 * @throws Error naming what was waited for, with what was last seen
 */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  seconds = 300,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const begun = Date.now();
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}; last seen: ${JSON.stringify(seen)}`);
    await sleep(Math.max(300, Math.min(REST * (Date.now() - begun), 3_000)));
  }
}

export async function listNames(container: ContainerClient, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
  return names;
}
