import { describe, expect, it } from "vitest";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import type { ProjectStep } from "../../../src/lib/project/step.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

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
    await fixture.serve();
    let lost = 0;
    fixture.service.loseAnswer = ({ method, path }) => `${method} ${path}` === form && lost++ === 0;
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m2" } });
    expect(lost).toBeGreaterThan(0);
    expect(fixture.trainings()).toBe(2);
    expect(fixture.service.served("tickets", "production")).toBe("m2");
    expect([...(fixture.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(fixture.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("by Durable Functions with its old input finds what the first run did", async () => {
    await fixture.serve();
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    const inputs: ProjectStep[] = [];
    await fixture.run((step) => {
      inputs.push(step);
      return false;
    });
    const before = fixture.service.asked.filter(({ method }) => method !== "GET").length;
    for (const input of inputs.filter((_, n) => n % 3 === 0)) await fixture.step(input);
    expect(fixture.service.asked.filter(({ method }) => method !== "GET")).toHaveLength(before);
  });

  it("twice at once writes once: the second sees the first", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("training"));
    const step = { project: "tickets", afterSeconds: 0, status: {}, memory: {} };
    await Promise.all([fixture.step(step), fixture.step(step)]);
    await fixture.run();
    expect(fixture.service.projects.get("tickets")?.models.size).toBe(1);
  });

  it("finds its training again when the service forgot the job but has the model", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    const project = fixture.service.projects.get("tickets");
    fixture.service.forgetJobs();
    project?.models.set("m1", { modelId: "id-m1", trainedAt: new Date(fixture.now() + 60_000).toISOString() });
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
    expect(fixture.trainings()).toBe(1);
  });

  it("does not take an older training of the same name for the new one", async () => {
    await fixture.serve();
    let lost = 0;
    fixture.service.loseAnswer = ({ path }) => path.endsWith(":train") && lost++ === 0;
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    await fixture.run();
    const project = fixture.service.projects.get("tickets");
    expect(project?.trainings).toHaveLength(2);
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });
});

describe("a service that does not let us", () => {
  it("because rights are missing is waited for, with the role in the status, until they are given", async () => {
    let refused = 0;
    fixture.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 3 ? { status: 403, code: "Forbidden" } : undefined;
    await fixture.drop(fixture.definition());
    const blocked = await fixture.run(fixture.stateIs("blocked"));
    expect(await fixture.status()).toMatchObject({
      state: "blocked",
      step: "training",
      running: true,
      error: { code: "Forbidden", hint: expect.stringContaining("Cognitive Services Language Owner") },
    });
    expect(blocked.status).toMatchObject({ state: "blocked", error: { code: "Forbidden" } });
    const next = await fixture.step(blocked);
    expect(next.afterSeconds).toBeGreaterThan(blocked.afterSeconds);
    expect((await fixture.run(undefined, next)).result).toMatchObject({ state: "succeeded" });
    expect(fixture.events.filter(({ event }) => event === "project.held")).toHaveLength(1);
  });

  it("because of its rate limit is waited for as long as it says", async () => {
    let refused = 0;
    fixture.service.refuse = ({ method }) =>
      method === "POST" && refused++ < 2 ? { status: 429, code: "429", headers: { "retry-after": "17" } } : undefined;
    await fixture.drop(fixture.definition());
    expect((await fixture.run(fixture.stateIs("throttled"))).afterSeconds).toBe(17);
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "succeeded" });
  });

  it("because it is busy with another training is waited for", async () => {
    let refused = 0;
    fixture.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 4 ? { status: 409, code: "Conflict" } : undefined;
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("retrying"));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "succeeded" });
    expect(fixture.service.projects.get("tickets")?.trainings).toHaveLength(1);
  });

  it.each([":import", ":train", "/deployments/production"])(
    "at all, for as long as it likes, is waited for at %s, and nothing is done twice",
    async (end) => {
      let refused = 0;
      fixture.service.refuse = ({ method, path }) =>
        method !== "GET" && path.endsWith(end) && refused++ < 7
          ? { status: 503, code: "ServiceUnavailable" }
          : undefined;
      await fixture.drop(fixture.definition());
      expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
      expect(fixture.service.projects.get("tickets")?.trainings).toHaveLength(1);
    },
  );

  it("and forgets what it took, again and again, is given up", async () => {
    fixture.service.refuse = ({ path }) => {
      if (path.includes("/jobs/")) fixture.service.forgetJobs();
      return undefined;
    };
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "failed", error: { code: "JobLost" } });
    expect(fixture.service.count("POST /tickets/:import")).toBe(5);
  });

  it("for what the file says ends with what to change", async () => {
    fixture.service.refuse = ({ path }) =>
      path.endsWith(":train")
        ? { status: 400, code: "InvalidParameterValue", message: "unknown config version" }
        : undefined;
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "failed",
      error: { code: "InvalidParameterValue", message: expect.stringContaining("unknown config version") },
    });
  });

  it("and is put right by a new file while it is blocked", async () => {
    fixture.service.refuse = ({ path }) => (path.endsWith(":import") ? { status: 403, code: "Forbidden" } : undefined);
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("blocked"));
    fixture.service.refuse = () => undefined;
    await fixture.drop(fixture.definition({ description: "second" }));
    await fixture.run();
    expect(fixture.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("and is put right by a new file while it is tried again, unless a job is in hand", async () => {
    const isFirst = (body: Record<string, unknown>) =>
      (body.metadata as { description?: string } | undefined)?.description === "first";
    fixture.service.refuse = ({ path, body }) =>
      path.endsWith(":import") && isFirst(body) ? { status: 409, code: "Conflict" } : undefined;
    await fixture.drop(fixture.definition({ description: "first" }));
    await fixture.run(fixture.stateIs("retrying"));
    await fixture.drop(fixture.definition({ description: "second", training: { modelLabel: "m2" } }));
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    fixture.service.refuse = ({ path }) => (path.includes("/jobs/") ? { status: 503, code: "503" } : undefined);
    await fixture.run(fixture.stateIs("retrying"));
    await fixture.drop(fixture.definition({ description: "third", training: { modelLabel: "m3" } }));
    await fixture.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await fixture.status()).toMatchObject({ job: { name: "train m2" }, waiting: { action: "apply" } });
    fixture.service.refuse = () => undefined;
    expect((await fixture.run()).result).toMatchObject({ deployment: { model: "m3" } });
    expect(fixture.trainings()).toBe(2);
  });

  it("keeps its turn for a deletion that is tried again when a file comes", async () => {
    await fixture.serve();
    fixture.service.refuse = ({ method }) => (method === "DELETE" ? { status: 409, code: "Conflict" } : undefined);
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    await fixture.run(fixture.stateIs("retrying"));
    await fixture.drop(fixture.definition());
    await fixture.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    fixture.service.refuse = () => undefined;
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(fixture.service.count("DELETE /tickets")).toBeGreaterThan(1);
    expect(fixture.trainings()).toBe(2);
  });
});
