import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createAzuriteServer } from "../../../dev/stack/azurite-server.ts";

test.each(["blob", "queue"] as const)(
  "the %s server stops for no garbage in memory, and has a collector on disk",
  async (service) => {
    const directory = await mkdtemp(join(tmpdir(), "azurite-server-"));
    expect(createAzuriteServer(service, 0, { directory }).gcManager).toHaveProperty("markSweep");
    expect(createAzuriteServer(service, 0, {}).gcManager).toBeUndefined();
    await rm(directory, { recursive: true });
  },
);
