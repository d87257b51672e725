import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A `pipelines.json` in a temporary folder, for a stack of its own. */
export interface PipelinesFile extends AsyncDisposable {
  path: string;
}

/** Writes pipelines as a user would have them in `pipelines.json`; what all have alike may be left out. */
export async function writePipelines(pipelines: readonly object[]): Promise<PipelinesFile> {
  const folder = await mkdtemp(join(tmpdir(), "pipelines-"));
  const path = join(folder, "pipelines.json");
  const common = { apiVersion: "2023-04-01", lanes: 1, maxWaitSeconds: 1 };
  await writeFile(path, JSON.stringify({ pipelines: pipelines.map((pipeline) => ({ ...common, ...pipeline })) }));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
