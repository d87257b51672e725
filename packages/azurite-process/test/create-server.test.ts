import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createServer } from "../src/create-server.ts";

test.each(["blob", "queue"] as const)(
  "the %s server stops for no garbage in memory, and has a collector on disk",
  async (service) => {
    const directory = await mkdtemp(join(tmpdir(), "azurite-server-"));
    expect(createServer({ service, port: 0, directory }).gcManager).toHaveProperty("markSweep");
    expect(createServer({ service, port: 0 }).gcManager).toBeUndefined();
    await rm(directory, { recursive: true });
  },
);
