import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ProjectArguments, readArguments } from "../../../scripts/project/arguments.ts";
import { runProject } from "../../../scripts/project/run-project.ts";
import { json, type Reply, scriptedServer, text } from "../../lib/language/scripted-server.ts";

const status = (changes: object): Reply =>
  json(200, { project: "tickets", state: "training", running: true, ...changes });
const accepted = json(202, { id: "project-tickets", statusQueryGetUri: "http://x" });

async function run(args: string[], replies: Reply[], isTTY = false) {
  const { endpoint, seen } = await scriptedServer(...replies);
  const written: string[] = [];
  const out = { isTTY, columns: 100, write: (chunk: string) => written.push(chunk) };
  const given: ProjectArguments = readArguments([...args, "--url", `${endpoint}/`], { FUNCTIONS_KEY: "key" });
  const code = await runProject(given, out, { lookMs: 1 });
  return { code, seen, output: written.join("") };
}

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "project.json");
  writeFileSync(path, content);
  return path;
}

/** An address where nothing listens (any more). */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

const DONE = {
  state: "succeeded",
  running: false,
  model: { label: "m1" },
  scores: { macroF1: 0.91234, microF1: 0.9, classes: { billing: { f1: 1 }, outage: {} } },
  deployments: [{ name: "production", model: "m1", modelId: "id-1" }],
  labels: { source: "training/labels.json", documents: 24, warnings: [] },
};

describe("npm run project", () => {
  it("sends the file, shows how it goes, and tells what came of it", async () => {
    const { code, seen, output } = await run(
      ["create", "tickets", "--file", file('{ "kind": "x" }')],
      [accepted, status({}), status({ percent: 40, job: { name: "train m1" } }), status(DONE)],
    );
    expect(code).toBe(0);
    expect(seen[0]).toMatchObject({
      method: "PUT",
      url: "/api/projects/tickets",
      headers: { "x-functions-key": "key" },
      body: { kind: "x" },
    });
    expect(output.split("\n")).toEqual([
      "tickets: training",
      "tickets: training  [########------------] 40 %  (train m1)",
      "tickets: succeeded",
      "tickets: succeeded",
      "  labels      24 documents from training/labels.json",
      "  model       m1",
      "  scores      macro F1 0.912, micro F1 0.9",
      "              billing: F1 1",
      "              outage: F1 unknown",
      "  deployment  production serves m1 (model id id-1)",
      "",
    ]);
  });

  it("writes over its line on a terminal", async () => {
    const { output } = await run(["status", "tickets", "--watch"], [status({ percent: 5 }), status(DONE)], true);
    expect(output).toContain("\r\u001B[2Ktickets: training  [#-------------------] 5 %  0:00");
  });

  it.each<[string[], string, string, unknown]>([
    [["train", "tickets"], "POST", "/api/projects/tickets/train", {}],
    [["train", "tickets", "--model", "m2"], "POST", "/api/projects/tickets/train", { modelLabel: "m2" }],
    [
      ["deploy", "tickets", "--deployment", "canary", "--ignore-thresholds"],
      "POST",
      "/api/projects/tickets/deploy",
      { deploymentName: "canary", ignoreThresholds: true },
    ],
    [["delete", "tickets"], "DELETE", "/api/projects/tickets", undefined],
    [["delete", "tickets", "--model", "m1"], "DELETE", "/api/projects/tickets?model=m1", undefined],
  ])("asks with %j", async (args, method, url, body) => {
    const { seen, code } = await run(args, [accepted, status(DONE)]);
    expect(seen[0]).toMatchObject({ method, url });
    expect(seen[0]?.body).toEqual(body);
    expect(code).toBe(0);
  });

  it("returns at once when it is told not to wait", async () => {
    const { code, seen } = await run(["train", "tickets", "--no-wait"], [accepted, status({})]);
    expect([code, seen.length]).toEqual([0, 2]);
  });

  it.each([
    ["failed", { code: "TooFewDocuments", message: "10 are needed", hint: "Label more." }],
    ["belowThreshold", { code: "BelowThreshold", message: "macro F1 is 0.5", hint: "Label more." }],
  ])("fails when it ended as %s, with what to do", async (state, error) => {
    const { code, output } = await run(["train", "tickets"], [accepted, status({ state, running: false, error })]);
    expect(code).toBe(1);
    expect(output).toContain(`${error.code}: ${error.message}`);
    expect(output).toContain("what to do  Label more.");
  });

  it("shows why it waits", async () => {
    const error = { code: "Forbidden", message: "no", hint: "Give the role." };
    const { output } = await run(
      ["train", "tickets"],
      [accepted, status({ state: "blocked", step: "training", error }), status(DONE)],
    );
    expect(output).toContain("tickets: blocked while training  Forbidden: Give the role.");
  });

  it("lists every problem of a refused file", async () => {
    const problems = [
      { where: "kind", line: 2, found: '"x"', expected: "a kind", hint: "Look it up." },
      { file: "labels.json", path: "documents[1]", document: "a.txt", found: "1", expected: "2" },
    ];
    const refusal = json(400, {
      code: "InvalidProjectFile",
      detail: "2 problems",
      hint: "Correct it.",
      problems,
    });
    const { code, output } = await run(["create", "tickets", "--file", file("{}")], [refusal]);
    expect(code).toBe(1);
    expect(output).toContain('- kind: found "x", expected a kind. Look it up.');
    expect(output).toContain('- labels.json: documents[1]: document "a.txt": found 1, expected 2.');
  });

  it("asks for a key when the app wants one", async () => {
    const { output } = await run(["train", "tickets"], [text(401, "")]);
    expect(output).toContain("--code");
  });

  it("says in one line which file is missing, and asks the app for nothing", async () => {
    const missing = join(tmpdir(), "nowhere", "project.json");
    const message = `${missing} cannot be read: no such file or directory. Name the project file: --file FILE.`;
    await expect(run(["create", "tickets", "--file", missing], [])).rejects.toThrow(message);
    await expect(run(["create", "tickets", "--file", tmpdir()], [])).rejects.toThrow(
      / cannot be read: illegal operation on a directory\. /,
    );
  });

  it("says in one line that something else answers", async () => {
    await expect(run(["status", "tickets"], [text(200, "<html>")])).rejects.toThrow(
      /^What answers at .* is not this app/,
    );
  });

  it.each([
    [
      "a missing file",
      ["create", "tickets"],
      /^project\.json cannot be read: no such file or directory\. Name the project file: --file FILE\.\n$/,
    ],
    [
      "an address where nothing answers",
      ["status", "tickets"],
      /^Nothing answers at http:\S+ \(ECONNREFUSED\)\. Is the app running\? Set --url\.\n$/,
    ],
  ])("ends with code 2 and one line for %s", async (_, args, line) => {
    const script = resolve("scripts/project.ts");
    const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args, "--url", await nobody()], {
      cwd: tmpdir(),
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(line);
  });

  it("outlives a restart of the app while it watches", async () => {
    const { code } = await run(["train", "tickets"], [accepted, text(503, ""), text(503, ""), status(DONE)]);
    expect(code).toBe(0);
  });
});

describe("its arguments", () => {
  it.each([
    [[], /Which command/],
    [["creat", "x"], /Which command/],
    [["train"], /Name one project/],
    [["train", "a", "b"], /Name one project/],
    [["train", "a", "--url", "nowhere"], /--url/],
    [["train", "a", "--url", "localhost:7071"], /--url/],
    [["train", "a", "--modell", "x"], /modell/],
  ])("%j are refused", (args, message) => {
    expect(() => readArguments(args, {})).toThrow(message);
  });

  it("take address and key from the environment", () => {
    const env = { FUNCTIONS_URL: "https://app.example/", FUNCTIONS_KEY: "k" };
    expect(readArguments(["status", "a"], env)).toMatchObject({ url: "https://app.example", code: "k", wait: false });
  });
});
