import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";
import { until } from "./waiting.ts";

let language: LanguageService;
let gateway: { endpoint: string; up: boolean; stop(): Promise<void> };
let stack: Stack;
let driver: StackDriver;
let round = 0;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
  gateway = await startGateway(() => language.url);
  stack = await startStack({
    storage: ownAccount(),
    language: { endpoint: gateway.endpoint, key: language.key },
    settings: { LONGEST_BLOCKED_SECONDS: "5" },
  });
  driver = new StackDriver(stack);
});

beforeEach(() => {
  round++;
});

afterAll(async () => {
  await stack?.stop();
  await gateway?.stop();
  await language?.stop();
});

/** The Language endpoint, which can go down: connections are then refused at the socket. */
async function startGateway(target: () => string): Promise<typeof gateway> {
  const state = { up: true };
  const server = createServer(async (request, response) => {
    if (!state.up) return void request.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length"].includes(name)),
    ) as Record<string, string>;
    const body = request.method === "POST" ? Buffer.concat(chunks) : null;
    const answer = await fetch(new URL(request.url ?? "/", target()), {
      method: request.method ?? "GET",
      headers,
      body,
    });
    const answered = Object.fromEntries(
      [...answer.headers].filter(([name]) => !["content-length", "transfer-encoding", "connection"].includes(name)),
    );
    response.writeHead(answer.status, answered).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get up() {
      return state.up;
    },
    set up(up) {
      state.up = up;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

interface Pipelines {
  pipelines: {
    name: string;
    blocked: { code: string; message: string; hint: string }[];
    lanes: { status?: { state: string; reason?: { code: string; message: string; hint: string } } }[];
  }[];
}

/** Drops documents, waits until the lane says why it cannot go on, puts it right, and expects all to end well. */
async function expectToWaitAndGoOn(reason: RegExp, states: string[], putRight: () => unknown): Promise<void> {
  const documents = Array.from(
    { length: 30 },
    (_, n) => [`tickets/${round}/${n}.txt`, `Round ${round}, ticket ${n}: the shop is down.`] as [string, string],
  );
  await driver.drop(documents);
  const seen = await until(
    `a lane to say ${reason}`,
    () => driver.get<Pipelines>("pipelines"),
    ({ pipelines }) =>
      pipelines.some(({ lanes }) =>
        lanes.some(({ status }) => status?.reason !== undefined && reason.test(JSON.stringify(status.reason))),
      ),
  );
  const status = seen.pipelines.flatMap(({ lanes }) => lanes).find((lane) => lane.status?.reason)?.status;
  expect(states).toContain(status?.state);
  expect(status?.reason?.hint).not.toBe("");
  await putRight();
  await driver.recordsUnder(`tickets/tickets/${round}/`, 30);
  expect(await driver.broken(documents.map(([name]) => name))).toEqual([]);
  for (const [name] of documents)
    expect(await driver.readResult("tickets", name)).toMatchObject({ status: "succeeded" });
}

describe("documents wait, and none is burned, while", () => {
  it("the key is wrong", async () => {
    language.setKeys(["another-key"]);
    await expectToWaitAndGoOn(/401/, ["blocked"], () => language.setKeys([language.key]));
  });

  it("the deployment is unknown", async () => {
    const project = language.projects.projects().find(({ metadata }) => metadata.projectName === "tickets");
    const deployment = project?.deployments.get("production");
    if (project === undefined || deployment === undefined) return expect.unreachable();
    project.deployments.delete("production");
    await expectToWaitAndGoOn(/NotFound/, ["blocked"], () => project.deployments.set("production", deployment));
  });

  it("the endpoint is down", async () => {
    gateway.up = false;
    await expectToWaitAndGoOn(/./, ["retrying", "blocked"], () => {
      gateway.up = true;
    });
  });

  it("the service throttles, with and without saying for how long", async () => {
    language.setScenario({
      rules: [
        { when: { operation: "submit", nth: [1, 2] }, do: [{ action: "throttle", retryAfterSeconds: 2 }] },
        { when: { operation: "submit", nth: [3] }, do: [{ action: "throttle" }] },
        { when: { operation: "status", nth: [1] }, do: [{ action: "throttle", retryAfterSeconds: 1 }] },
      ],
    });
    await expectToWaitAndGoOn(/429|TooManyRequests/, ["throttled"], () => undefined);
    language.setScenario({ rules: [] });
  });

  it("the service answers 503 for a while", async () => {
    language.setScenario({ rules: [{ when: { operation: "submit" }, do: [{ action: "error", status: 503 }] }] });
    await expectToWaitAndGoOn(/./, ["retrying", "blocked"], () => language.setScenario({ rules: [] }));
  });
});

it("did nothing that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
