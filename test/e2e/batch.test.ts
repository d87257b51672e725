import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP_DIRECTORY, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { readBatchArguments } from "../../scripts/batch/arguments.ts";
import type { BatchReport } from "../../scripts/batch/report.ts";
import { runBatch } from "../../scripts/batch/run-batch.ts";
import { ownAccount } from "./own-account.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

let pipelines: PipelinesFile;
let stack: Stack;
const home = mkdtempSync(join(tmpdir(), "batch-"));
const environment = () => ({ FUNCTIONS_URL: stack.functions, AZURE_STORAGE_CONNECTION_STRING: stack.storage });

beforeAll(async () => {
  const tasks = [{ kind: "KeyPhraseExtraction" }];
  pipelines = await writePipelines([{ name: "tickets", match: "tickets/**", tasks, maxWaitSeconds: 0 }]);
  stack = await startStack({ storage: ownAccount(), pipelines: pipelines.path, settings: { FIRST_POLL_SECONDS: "1" } });
});
afterAll(async () => {
  await stack?.stop();
  await pipelines?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** A folder of this test with these files. */
function folderOf(name: string, files: Record<string, string>): string {
  const folder = join(home, name);
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** The command in this process: what it printed and its exit code. */
async function batch(args: string[], signal: AbortSignal = new AbortController().signal) {
  const written: string[] = [];
  const out = { isTTY: false, write: (chunk: string) => written.push(chunk) };
  const given = readBatchArguments([...args, "--out", join(home, "out")], environment());
  const code = await runBatch(given, { out, signal, lookMs: 200 });
  return { code, output: written.join("") };
}
const json = (output: string): BatchReport => JSON.parse(output);

describe("npm run batch", () => {
  it("uploads a folder, watches it, downloads the records, and ends with a table and a code", async () => {
    const folder = folderOf("may", {
      "one.txt": "I was charged twice for May.",
      "north/two.txt": "The dashboard is blank since this morning.",
      "empty.txt": "",
    });
    const { code, output } = await batch([folder, "--pipeline", "tickets"]);
    expect(code).toBe(1);
    expect(output).toContain("Run tickets/may: 3 files for pipeline tickets\n");
    expect(output).toContain("[####################] 3 of 3 ended\n");
    expect(output).toMatch(/^succeeded {2,}2$/m);
    expect(output).toMatch(/^failed {2,}1$/m);
    expect(output).toContain("1 × EmptyDocument: The document has no bytes");
    expect(
      readdirSync(join(home, "out"), { recursive: true })
        .map(String)
        .filter((path) => path.endsWith(".json"))
        .sort(),
    ).toEqual(["failed/empty.txt.json", "results/north/two.txt.json", "results/one.txt.json"]);
    expect(JSON.parse(readFileSync(join(home, "out/results/one.txt.json"), "utf8"))).toMatchObject({
      status: "succeeded",
      document: { name: "tickets/may/one.txt" },
    });
  });

  it("uploads again only what has changed, and brings the new record in place of the old one", async () => {
    const folder = join(home, "may");
    writeFileSync(join(folder, "empty.txt"), "The invoice has the wrong address.");
    const { code, output } = await batch([folder, "--pipeline", "tickets", "--json"]);
    expect(code).toBe(0);
    expect(json(output)).toMatchObject({
      run: "tickets/may",
      complete: true,
      documents: 3,
      succeeded: 3,
      failed: 0,
      open: 0,
      uploaded: 1,
      unchanged: 2,
      skipped: [],
      failures: [],
      notDownloaded: [],
    });
    expect(readdirSync(join(home, "out/failed"))).toEqual([]);
    expect(readdirSync(join(home, "out/results")).sort()).toEqual(["empty.txt.json", "north", "one.txt.json"]);
  });

  it("watches a run again by its name, from any machine", async () => {
    const { code, output } = await batch(["--watch", "tickets/may/", "--pipeline", "tickets", "--json"]);
    expect(code).toBe(0);
    expect(json(output)).toMatchObject({ documents: 3, succeeded: 3, complete: true });
    await expect(batch(["--watch", "tickets/june", "--pipeline", "tickets"])).rejects.toThrow(
      'There is no document of a run "tickets/june" for pipeline tickets.',
    );
  });

  it("leaves the run going on Ctrl-C, and says how to watch it again", async () => {
    const files = Array.from({ length: 30 }, (_, n) => [`${n}.txt`, `Ticket ${n}: the screen stays dark.`] as const);
    const folder = folderOf("many", Object.fromEntries(files));
    const child = spawn(process.execPath, ["scripts/batch.ts", folder, "--pipeline", "tickets"], {
      cwd: APP_DIRECTORY,
      env: { ...process.env, ...environment() },
    });
    let output = "";
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (!child.killed && /^30 uploaded/m.test(output)) child.kill("SIGINT");
    });
    expect(await ended).toBe(130);
    expect(output).toContain("What is uploaded goes on without this terminal.");
    const [, again = ""] = /Watch it again: npm run batch -- (.+)\n$/.exec(output) ?? [];
    expect(again).toBe("--watch tickets/many --pipeline tickets");
    const watched = await batch([...again.split(" "), "--json"]);
    expect(watched.code).toBe(0);
    expect(json(watched.output)).toMatchObject({ documents: 30, succeeded: 30 });
  });

  it("returns as soon as all is uploaded where nobody wants to wait", async () => {
    const folder = folderOf("later", { "one.txt": "Please reset my password." });
    const { code, output } = await batch([folder, "--pipeline", "tickets", "--no-wait"]);
    expect(code).toBe(0);
    expect(output).toContain("Watch it again: npm run batch -- --watch tickets/later --pipeline tickets --out");
  });

  it("says before anything is uploaded what cannot work", async () => {
    const folder = folderOf("wrong", { "one.pdf": "%PDF" });
    await expect(batch([folder, "--pipeline", "ticket"])).rejects.toThrow(
      /has no pipeline "ticket"\. Did you mean tickets\?$/,
    );
    await expect(batch([folder, "--pipeline", "tickets", "--name", "elsewhere"])).rejects.toThrow(
      "The pipeline takes tickets/**, and none of the files would be one: the first would be elsewhere/one.pdf. Choose another --name.",
    );
    await expect(batch([join(home, "nowhere"), "--pipeline", "tickets"])).rejects.toThrow(/takes a folder/);
    await expect(batch([folder, "--pipeline", "tickets", "--url", "http://127.0.0.1:9"])).rejects.toThrow(
      "Nothing answers at http://127.0.0.1:9. Is the app running? Set --url.",
    );
  });
});
