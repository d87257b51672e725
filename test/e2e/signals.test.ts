import {
  AccountSASPermissions,
  BlobServiceClient,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { type DurableStore, MemoryStore, type StoredInstance } from "functions-emulator/durable-store";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { readArguments } from "../../scripts/project/arguments.ts";
import { runProject } from "../../scripts/project/run-project.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";
import { attributeOf, OtlpCollector } from "./signals/otlp-collector.ts";
import { until } from "./waiting.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

/** Marks: a text, a key and a SAS that nothing which is told may hold. */
const TEXT = "Zanzibarquokka";
const KEY = "marked-key-5f1c9d";

let collector: OtlpCollector;
let account: string;
let language: LanguageService;
let pipelines: PipelinesFile;
let stack: Stack;
let driver: StackDriver;
/** Of the SAS that the app reaches its storage by. */
let signature: string;

/** Everything that was told so far, each with where. */
const told: { sink: string; text: string }[] = [];

/** Keeps every state that any instance ever had: its history, input, status and result. */
class RecordingStore extends MemoryStore implements DurableStore {
  override async save(instance: StoredInstance): Promise<void> {
    told.push({ sink: `history of ${instance.instanceId}`, text: JSON.stringify(instance.state) });
    await super.save(instance);
  }
}

const PIPELINES = [
  { name: "phrases", match: "phrases/**", tasks: [{ kind: "KeyPhraseExtraction" }, { kind: "SentimentAnalysis" }] },
  {
    name: "tickets",
    match: "tickets/**",
    tasks: [{ kind: "CustomSingleLabelClassification", projectName: "tickets", deploymentName: "production" }],
  },
];

beforeAll(async () => {
  collector = await OtlpCollector.start();
  account = ownAccount();
  language = await startLanguageService({ projects: SAMPLES, keys: [KEY], storage: account });
  pipelines = await writePipelines(PIPELINES.map((pipeline) => ({ maxWaitSeconds: 0, ...pipeline })));
  const storage = sasConnection(account);
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, "write").mockImplementation((chunk, ...rest) => {
      told.push({ sink: "console", text: String(chunk) });
      return (write as (...all: unknown[]) => boolean)(chunk, ...rest);
    });
  }
  stack = await startStack({
    storage,
    language: { endpoint: language.url, key: KEY },
    pipelines: pipelines.path,
    settings: {
      TELEMETRY_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      FIRST_POLL_SECONDS: "1",
      LONGEST_BLOCKED_SECONDS: "5",
    },
    durableStore: new RecordingStore(),
    log: (entry) => told.push({ sink: `log of ${entry.functionName ?? "host"}`, text: entry.message }),
    telemetry: (item) => told.push({ sink: `telemetry ${item.category}`, text: item.message }),
  });
  driver = new StackDriver({ functions: stack.functions, storage: account });
});

afterAll(async () => {
  await stack?.stop();
  vi.restoreAllMocks();
  await pipelines?.[Symbol.asyncDispose]();
  await language?.stop();
  await collector?.stop();
});

/** The same account, reached by a SAS that lets its holder do everything. */
function sasConnection(connectionString: string): string {
  const { credential } = BlobServiceClient.fromConnectionString(connectionString);
  if (!(credential instanceof StorageSharedKeyCredential)) return expect.unreachable("the account has no key");
  const sas = generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + 3_600_000),
      permissions: AccountSASPermissions.parse("rwdlacupxtfi"),
      resourceTypes: "sco",
      services: "bqt",
    },
    credential,
  );
  signature = sas.signature;
  const endpoint = (service: string) => new RegExp(`${service}Endpoint=[^;]+`).exec(connectionString)?.[0];
  return `${endpoint("Blob")};${endpoint("Queue")};SharedAccessSignature=${sas}`;
}

const sweep = () => fetch(`${stack.functions}/admin/functions/sweep`, { method: "POST", body: "{}" });
const admin = (path: string, method: string, body: object) =>
  fetch(`${language.url}/_emulator/${path}`, { method, body: JSON.stringify(body) });

/** Asks for a page and keeps what it says. */
async function page(path: string, method = "GET", body?: object): Promise<string> {
  const answer = await fetch(`${stack.functions}/api/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  told.push({ sink: `${method} ${path}`, text });
  return text;
}

describe("one document", () => {
  const name = "phrases/one.txt";

  it("is followed from its event to its record in one trace, across the queue and the steps of its lane", async () => {
    await driver.drop([[name, "The screen stays dark since May."]]);
    await driver.recordsUnder(`phrases/${name}`, 1);
    const spans = await until(
      "its spans",
      async () => collector.ofDocument(name),
      (found) => found.has("document.publish"),
      30,
    );
    expect([...spans.keys()].sort()).toEqual([
      "document.accept",
      "document.analyse",
      "document.publish",
      "document.wait",
    ]);
    const [accepted, waited, analysed, published] = ["accept", "wait", "analyse", "publish"].map((part) =>
      spans.get(`document.${part}`),
    );
    for (const span of [waited, analysed, published]) {
      expect(span?.traceId).toBe(accepted?.traceId);
      expect(span?.parentSpanId).toBe(accepted?.spanId);
    }
    const times = [waited?.startTimeUnixNano, analysed?.startTimeUnixNano, published?.endTimeUnixNano].map(
      BigInt as never,
    );
    expect(times).toEqual([...times].sort());
    expect(attributeOf(published ?? expect.unreachable("no span"), "outcome")).toBe("succeeded");
    const sent = collector.spans.find(
      (span) => span.name === "job.submit" && span.links.some(({ traceId }) => traceId === accepted?.traceId),
    );
    const step = collector.spans.find(({ spanId }) => spanId === sent?.parentSpanId);
    expect(step?.name).toMatch(/^lane\.(claim|submit)$/);
  });

  it("is counted: outcomes, duration of jobs, calls, oldest age and overdue lanes", async () => {
    expect((await sweep()).status).toBe(202);
    const names = ["documents", "text_records", "job.duration", "calls", "waiting", "oldest_age", "overdue_lanes"];
    const metrics = await until(
      "its metrics",
      async () => [...collector.metrics.keys()],
      (found) => names.every((each) => found.includes(`language_batch.${each}`)),
      60,
    );
    expect(metrics).not.toContain("language_batch.throttles");
    const [point] = collector.metrics.get("language_batch.documents")?.sum?.dataPoints ?? [];
    expect(attributeOf(point ?? expect.unreachable("no point"), "outcome")).toBe("succeeded");
  });
});

describe("an expired deployment", () => {
  it("holds up its pipeline, is told by models, health and pipeline, and costs no document", async () => {
    await admin("deployments/tickets/production", "PUT", { expiresOn: "2026-10-22" });
    await driver.drop([["tickets/late.txt", `Please reset the ${TEXT} password.`]]);
    const pipelineOf = async () =>
      (
        JSON.parse(await page("pipelines")) as {
          pipelines: { name: string; blocked: { code: string }[]; warnings: object[] }[];
        }
      ).pipelines.find((each) => each.name === "tickets");
    await until(
      "the lane to be blocked",
      pipelineOf,
      (pipeline) => pipeline?.blocked[0]?.code === "DeploymentExpired",
      60,
    );
    await sweep();
    const models = async () => JSON.parse(await page("models")) as { deployments: object[] };
    const seen = await until(
      "the end to be told",
      models,
      ({ deployments }) => JSON.stringify(deployments).includes('"expired"'),
      60,
    );
    expect(seen.deployments).toMatchObject([
      { project: "tickets", deployment: "production", state: "expired", expiresOn: "2026-10-22", source: "runtime" },
    ]);
    expect((await pipelineOf())?.warnings).toMatchObject([
      { subject: "deployment", hint: "npm run project -- renew tickets" },
    ]);
    expect(await page("health")).toContain('"name":"deployment tickets/production","ok":false');
    await admin("deployments/tickets/production", "PUT", {});
    await driver.recordsUnder("tickets/tickets/late.txt", 1);
    expect(await driver.readResult("tickets", "tickets/late.txt")).toMatchObject({ status: "succeeded" });
  });
});

describe("a custom model", () => {
  it("is trained from marked texts, and renewed: a new model on the current configuration serves, its scores compared", async () => {
    const container = BlobServiceClient.fromConnectionString(account).getContainerClient("marked");
    await container.create();
    const texts = Array.from({ length: 20 }, (_, n) => {
      const [category, words] =
        n % 2 === 0 ? ["billing", "invoice charged twice"] : ["outage", "service is down again"];
      return { location: `${n}.txt`, category, text: `${TEXT} ${words}, number ${n}.` };
    });
    await Promise.all(
      texts.map(({ location, text }) => container.getBlockBlobClient(location).upload(text, Buffer.byteLength(text))),
    );
    const definition = {
      kind: "CustomSingleLabelClassification",
      language: "en",
      container: "marked",
      labels: {
        classes: [{ category: "billing" }, { category: "outage" }],
        documents: texts.map(({ location, category }) => ({ location, language: "en", class: { category } })),
      },
      deployment: { name: "production" },
    };
    await page("projects/marked", "PUT", definition);
    type Status = { running: boolean; state: string; model?: { label: string }; deployment?: { model: string } };
    const status = async () => JSON.parse(await page("projects/marked")) as Status;
    const first = await until("the first model", status, ({ running }) => !running, 60);
    expect(first).toMatchObject({ state: "succeeded" });

    const out = { isTTY: false, write: (text: string) => void told.push({ sink: "terminal", text }) };
    const given = readArguments(["renew", "marked", "--url", stack.functions], {});
    expect(await runProject(given, out, { lookMs: 300 })).toBe(0);
    const renewed = await status();
    expect(renewed).toMatchObject({ state: "succeeded", deployment: { model: renewed.model?.label } });
    expect(renewed.model?.label).not.toBe(first.model?.label);
  });
});

/** What holds a mark, and where. */
function leaksIn(all: typeof told): string[] {
  return [TEXT, KEY, signature, encodeURIComponent(signature)].flatMap((mark) =>
    all
      .filter(({ text }) => text.includes(mark))
      .map(({ sink, text }) => `${sink}: ${text.slice(Math.max(0, text.indexOf(mark) - 100)).slice(0, 200)}`),
  );
}

describe("what nothing tells", () => {
  it("is the text of a document, the key or the signature of the SAS, whatever happens", async () => {
    const rule = (text: string, action: object, times?: number) => ({
      when: { operation: "submit", text },
      do: action,
      ...(times === undefined ? {} : { times }),
    });
    const drop = (...names: string[]) =>
      driver.drop(names.map((name) => [`phrases/marks/${name}.txt`, `${TEXT} ${name} in the garden.`]));
    const refusal = { action: "documentErrors", share: 1, message: `Not analysed: ${TEXT} refused` };
    await admin("scenario", "PUT", { rules: [rule("refused", refusal)] });
    await drop("refused");
    await driver.recordsUnder("phrases/phrases/marks/", 1);
    await admin("scenario", "PUT", {
      rules: [
        rule("fails", { action: "failTask", task: 1, code: "InvalidRequest", message: `Cannot read ${TEXT} fails` }, 2),
        rule("breaks", { action: "failJob", message: `Broke at ${TEXT} breaks` }, 2),
      ],
    });
    await drop("plain", "fails", "breaks");
    await driver.drop([
      ["phrases/marks/empty.txt", ""],
      ["phrases/marks/odd.bin", Buffer.concat([Buffer.from([0, 1, 2, 3, 0]), Buffer.from(TEXT)])],
      ["nobody/wants.txt", TEXT],
    ]);
    await driver.recordsUnder("phrases/phrases/marks/", 6, 120);
    // A record may quote what the service said of its document; whoever tells of the record may not.
    expect(JSON.stringify(await driver.readFailure("phrases", "phrases/marks/refused.txt"))).toContain(TEXT);
    for (const path of ["failures", "failures?pipeline=phrases", "documents/phrases/marks/refused.txt"])
      await page(path);
    await page("redrive?pipeline=phrases", "POST", {});
    await page("documents/phrases/marks/plain.txt");
    for (const path of [
      "pipelines",
      "failures",
      "usage",
      "requeues",
      "openapi.json",
      "status",
      "health",
      "models",
      "projects/marked",
      "nothing",
    ]) {
      await page(path);
    }
    await sweep();
    const before = collector.bodies.length;
    await until(
      "the last spans",
      async () => collector.bodies.length,
      (count) => count > before,
      30,
    );
    for (const body of collector.bodies) told.push({ sink: "collector", text: body });
    for await (const { name } of driver.work.listBlobsFlat()) {
      // What is sent and answered is kept with its batch until it is over; statuses and progress must hold none of it.
      if (/\/(requests|answers|pending|unusable)\//.test(name)) continue;
      told.push({
        sink: `blob ${name}`,
        text: (await driver.work.getBlobClient(name).downloadToBuffer()).toString("utf8"),
      });
    }

    const sinks = new Set(told.map(({ sink }) => sink.split(" ")[0]));
    expect([...sinks]).toEqual(
      expect.arrayContaining(["history", "log", "telemetry", "collector", "GET", "blob", "terminal"]),
    );
    expect(told.some(({ text }) => text.includes("phrases/marks/plain.txt"))).toBe(true);
    expect(leaksIn([{ sink: "planted", text: `so ${TEXT} it is` }])).toHaveLength(1);
    expect(leaksIn(told)).toEqual([]);
  });
});
