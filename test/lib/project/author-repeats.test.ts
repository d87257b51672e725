import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askProject } from "../../../src/lib/project/enqueue-command.ts";
import type { AuthorStep } from "../../../src/lib/project/step.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const train = () => bench.service.count("POST /tickets/:train");

describe("a step that is repeated", () => {
  /** Each request of the life cycle that changes something, when a first model serves already. */
  const CHANGES = [
    "POST /tickets/:import",
    "POST /tickets/:train",
    "PUT /tickets/deployments/production-staging",
    "POST /tickets/deployments/:swap",
    "DELETE /tickets/deployments/production-staging",
  ];

  it.each(CHANGES)("after the answer to %s was lost comes to the same end, with one model more", async (form) => {
    await bench.serve();
    let lost = 0;
    bench.service.loseAnswer = ({ method, path }) => `${method} ${path}` === form && lost++ === 0;
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m2" } });
    expect(lost).toBeGreaterThan(0);
    expect(train()).toBe(2);
    expect(bench.service.served("tickets", "production")).toBe("m2");
    expect([...(bench.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("by Durable Functions with its old input finds what the first run did", async () => {
    await bench.serve();
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    const inputs: AuthorStep[] = [];
    await bench.run((step) => {
      inputs.push(step);
      return false;
    });
    const before = bench.service.asked.filter(({ method }) => method !== "GET").length;
    for (const input of inputs.filter((_, n) => n % 3 === 0)) await bench.step(input);
    expect(bench.service.asked.filter(({ method }) => method !== "GET")).toHaveLength(before);
  });

  it("twice at once writes once: the second sees the first", async () => {
    await bench.drop(bench.definition());
    await bench.run(stateIs("training"));
    const step = { project: "tickets", afterSeconds: 0, status: {}, memory: {} };
    await Promise.all([bench.step(step), bench.step(step)]);
    await bench.run();
    expect(bench.service.projects.get("tickets")?.models.size).toBe(1);
  });

  it("finds its training again when the service forgot the job but has the model", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run(async () => (await bench.status()).percent !== undefined);
    const project = bench.service.projects.get("tickets");
    bench.service.forgetJobs();
    project?.models.set("m1", { modelId: "id-m1", trainedAt: new Date(bench.now() + 60_000).toISOString() });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
    expect(train()).toBe(1);
  });

  it("does not take an older training of the same name for the new one", async () => {
    await bench.serve();
    let lost = 0;
    bench.service.loseAnswer = ({ path }) => path.endsWith(":train") && lost++ === 0;
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run();
    const project = bench.service.projects.get("tickets");
    expect(project?.trainings).toHaveLength(2);
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });
});

describe("a service that does not let us", () => {
  it("because rights are missing is waited for, with the role in the status, until they are given", async () => {
    let refused = 0;
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 3 ? { status: 403, code: "Forbidden" } : undefined;
    await bench.drop(bench.definition());
    const blocked = await bench.run(stateIs("blocked"));
    expect(await bench.status()).toMatchObject({
      state: "blocked",
      step: "training",
      running: true,
      error: { code: "Forbidden", hint: expect.stringContaining("Cognitive Services Language Owner") },
    });
    expect(blocked.status).toMatchObject({ state: "blocked", error: { code: "Forbidden" } });
    const next = await bench.step(blocked);
    expect(next.afterSeconds).toBeGreaterThan(blocked.afterSeconds);
    expect((await bench.run(undefined, next)).result).toMatchObject({ state: "succeeded" });
    expect(bench.events.filter(({ event }) => event === "project.held")).toHaveLength(1);
  });

  it("because of its rate limit is waited for as long as it says", async () => {
    let refused = 0;
    bench.service.refuse = ({ method }) =>
      method === "POST" && refused++ < 2 ? { status: 429, code: "429", headers: { "retry-after": "17" } } : undefined;
    await bench.drop(bench.definition());
    expect((await bench.run(stateIs("throttled"))).afterSeconds).toBe(17);
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
  });

  it("because it is busy with another training is waited for", async () => {
    let refused = 0;
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 4 ? { status: 409, code: "Conflict" } : undefined;
    await bench.drop(bench.definition());
    await bench.run(stateIs("retrying"));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
    expect(bench.service.projects.get("tickets")?.trainings).toHaveLength(1);
  });

  it.each([":import", ":train", "/deployments/production"])(
    "at all, for as long as it likes, is waited for at %s, and nothing is done twice",
    async (end) => {
      let refused = 0;
      bench.service.refuse = ({ method, path }) =>
        method !== "GET" && path.endsWith(end) && refused++ < 7
          ? { status: 503, code: "ServiceUnavailable" }
          : undefined;
      await bench.drop(bench.definition());
      expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
      expect(bench.service.projects.get("tickets")?.trainings).toHaveLength(1);
    },
  );

  it("and forgets what it took, again and again, is given up", async () => {
    bench.service.refuse = ({ path }) => {
      if (path.includes("/jobs/")) bench.service.forgetJobs();
      return undefined;
    };
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", error: { code: "JobLost" } });
    expect(bench.service.count("POST /tickets/:import")).toBe(5);
  });

  it("for what the file says ends with what to change", async () => {
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train")
        ? { status: 400, code: "InvalidParameterValue", message: "unknown config version" }
        : undefined;
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({
      state: "failed",
      error: { code: "InvalidParameterValue", message: expect.stringContaining("unknown config version") },
    });
  });

  it("and is put right by a new file while it is blocked", async () => {
    bench.service.refuse = ({ path }) => (path.endsWith(":import") ? { status: 403, code: "Forbidden" } : undefined);
    await bench.drop(bench.definition());
    await bench.run(stateIs("blocked"));
    bench.service.refuse = () => undefined;
    await bench.drop(bench.definition({ description: "second" }));
    await bench.run();
    expect(bench.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("and is put right by a new file while it is tried again, unless a job is in hand", async () => {
    const isFirst = (body: Record<string, unknown>) =>
      (body.metadata as { description?: string } | undefined)?.description === "first";
    bench.service.refuse = ({ path, body }) =>
      path.endsWith(":import") && isFirst(body) ? { status: 409, code: "Conflict" } : undefined;
    await bench.drop(bench.definition({ description: "first" }));
    await bench.run(stateIs("retrying"));
    await bench.drop(bench.definition({ description: "second", training: { modelLabel: "m2" } }));
    await bench.run(async () => (await bench.status()).percent !== undefined);
    bench.service.refuse = ({ path }) => (path.includes("/jobs/") ? { status: 503, code: "503" } : undefined);
    await bench.run(stateIs("retrying"));
    await bench.drop(bench.definition({ description: "third", training: { modelLabel: "m3" } }));
    await bench.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await bench.status()).toMatchObject({ job: { name: "train m2" }, waiting: { action: "author" } });
    bench.service.refuse = () => undefined;
    expect((await bench.run()).result).toMatchObject({ deployment: { model: "m3" } });
    expect(train()).toBe(2);
  });

  it("keeps its turn for a deletion that is tried again when a file comes", async () => {
    await bench.serve();
    bench.service.refuse = ({ method }) => (method === "DELETE" ? { status: 409, code: "Conflict" } : undefined);
    await askProject(bench.context(), "tickets", { action: "delete" });
    await bench.run(stateIs("retrying"));
    await bench.drop(bench.definition());
    await bench.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    bench.service.refuse = () => undefined;
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(bench.service.count("DELETE /tickets")).toBeGreaterThan(1);
    expect(train()).toBe(2);
  });
});
