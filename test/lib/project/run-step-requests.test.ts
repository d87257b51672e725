import { describe, expect, it } from "vitest";
import { LanguageError } from "../../../src/lib/language/errors/language-error.ts";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

describe("one thing at a time", () => {
  it("a file that comes while another is carried out waits for its turn", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    await fixture.run(fixture.stateIs("training"));
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    await fixture.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await fixture.status()).toMatchObject({ running: true, waiting: { action: "apply" } });
    expect((await fixture.run()).result).toMatchObject({ deployment: { model: "m2" } });
    expect(fixture.trainings()).toBe(2);
  });

  it("a finished project is under way again as soon as something is asked of it", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "train" });
    expect(await describeProject(fixture.context())).toMatchObject({ state: "preparing", running: true });
  });

  it("a training or deployment is refused while something is done, a deletion is not", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "train" })).toBe("busy");
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "deploy" })).toBe("busy");
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "delete" })).toBe("accepted");
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
    expect(fixture.service.projects.size).toBe(0);
    expect(fixture.service.asked.some(({ path }) => path.endsWith(":cancel"))).toBe(true);
  });

  it("nothing can be asked of a project that is not there", async () => {
    for (const action of ["train", "deploy", "delete"] as const) {
      expect(await enqueueCommand(fixture.context(), "tickets", { action })).toBe("unknown");
    }
    expect(await describeProject(fixture.context())).toBeUndefined();
  });
});

describe("a single step", () => {
  it("trains without deploying, deploys without training", async () => {
    await fixture.serve();
    await enqueueCommand(fixture.context(), "tickets", { action: "train", modelLabel: "m2" });
    expect((await fixture.run()).result).toMatchObject({
      state: "succeeded",
      model: { label: "m2" },
      deployment: { model: "m1" },
    });
    await enqueueCommand(fixture.context(), "tickets", { action: "deploy", deploymentName: "canary" });
    expect((await fixture.run()).result).toMatchObject({ deployment: { name: "canary", model: "m2" } });
    expect((await fixture.status()).deployments).toMatchObject([
      { name: "production", model: "m1" },
      { name: "canary", model: "m2" },
    ]);
    expect(fixture.service.served("tickets", "production")).toBe("m1");
    await enqueueCommand(fixture.context(), "tickets", {
      action: "deploy",
      modelLabel: "nowhere",
      ignoreThresholds: true,
    });
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "ModelNotFound" } });
    expect(fixture.trainings()).toBe(2);
  });

  it("deletes a model or a deployment, and at last the project, which its file does not bring back", async () => {
    await fixture.serve();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete", only: { deployment: "production" } });
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    await enqueueCommand(fixture.context(), "tickets", { action: "delete", only: { model: "m1" } });
    await fixture.run();
    const project = fixture.service.projects.get("tickets");
    expect([project?.models.size, project?.deployments.size]).toEqual([0, 0]);
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
    expect(await sweepProjects(fixture.context())).toEqual([]);
    expect(fixture.service.projects.size).toBe(0);
  });

  it("deletes with the last good file when the present one is wrong", async () => {
    await fixture.serve();
    await fixture.drop("{");
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
  });
});

describe("the sweep", () => {
  it("finds a file whose event was lost, and work that stopped in the middle", async () => {
    await fixture.upload(fixture.projects, "tickets/project.json", JSON.stringify(fixture.definition()));
    await fixture.upload(fixture.projects, "tickets/notes.txt", "x");
    expect(await sweepProjects(fixture.context())).toEqual(["tickets"]);
    await fixture.run(fixture.stateIs("training"));
    expect(await sweepProjects(fixture.context())).toEqual(["tickets"]);
    await fixture.run();
    expect(await sweepProjects(fixture.context())).toEqual([]);
  });
});

describe("a status that cannot be written when the work ends", () => {
  /** The project container can only be read from the moment in which the work ends. */
  async function lockAtEnd(): Promise<{ locked: boolean }> {
    const lock = { locked: false };
    const projects = await fixture.withRights(fixture.projects, "rl");
    fixture.changes = {
      log: ({ event }) => {
        if (event === "project.ended") lock.locked = true;
      },
      containers: {
        get projects() {
          return lock.locked ? projects : fixture.projects;
        },
        work: fixture.work,
      },
    };
    return lock;
  }

  it("is written by a later step", async () => {
    const lock = await lockAtEnd();
    await fixture.drop(fixture.definition());
    const held = await fixture.run(() => lock.locked);
    expect(await fixture.status()).toMatchObject({ state: "deploying", running: true });
    const again = await fixture.step(held);
    expect(again).toMatchObject({ status: { state: "blocked" } });
    lock.locked = false;
    expect((await fixture.run(undefined, again)).result).toMatchObject({ state: "succeeded" });
    expect(await fixture.status()).toMatchObject({ state: "succeeded", running: false });
  });

  it("is written after the sweep found that nobody was told", async () => {
    const lock = await lockAtEnd();
    await fixture.drop(fixture.definition());
    await fixture.run(() => lock.locked);
    lock.locked = false;
    expect(await sweepProjects(fixture.context())).toEqual(["tickets"]);
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "succeeded", running: false });
    expect(await sweepProjects(fixture.context())).toEqual([]);
  });
});

describe("what is asked for while the end is told", () => {
  it("is carried out by the run that is about to close", async () => {
    await fixture.serve();
    await enqueueCommand(fixture.context(), "tickets", { action: "train", modelLabel: "m2" });
    const last = await fixture.run(fixture.stateIs("succeeded"));
    let asked: Promise<unknown> | undefined;
    const { projects, work } = fixture;
    const ask = () => enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    const putLate = new Proxy(projects, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (name !== "getBlockBlobClient") return typeof value === "function" ? value.bind(target) : value;
        return (blob: string) => {
          const client = target.getBlockBlobClient(blob);
          const upload = client.upload.bind(client);
          client.upload = async (...given) => {
            const answer = await upload(...given);
            asked ??= ask();
            await asked;
            return answer;
          };
          return client;
        };
      },
    });
    fixture.changes = { containers: { projects: putLate, work } };
    expect((await fixture.run(undefined, last)).result).toMatchObject({ state: "deleted" });
    expect(asked).toBeDefined();
  });
});

describe("the description", () => {
  it("has what the service has once nothing runs, and asks it nothing before", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    expect(await describeProject(fixture.context())).toMatchObject({ state: "preparing", running: true });
    await fixture.run(fixture.stateIs("training"));
    const before = fixture.service.asked.length;
    expect(await describeProject(fixture.context())).toMatchObject({ state: "training", running: true });
    expect(fixture.service.asked).toHaveLength(before);
    await fixture.run();
    expect(await describeProject(fixture.context())).toMatchObject({
      state: "succeeded",
      running: false,
      service: {
        models: [{ label: "m1", modelId: "id-m1", scores: { macroF1: 0.9 } }],
        deployments: [{ name: "production", model: "m1" }],
      },
    });
  });

  it("says that its endpoint may not be asked any more", async () => {
    await fixture.serve();
    const client = (): never => {
      throw new LanguageError({ class: "blocked", code: "HostNotAllowed", message: "not there", hint: "-" });
    };
    expect(await describeProject(fixture.context({ client }))).toMatchObject({
      state: "succeeded",
      service: { error: { code: "HostNotAllowed" } },
    });
  });

  it("says why the service does not tell", async () => {
    await fixture.serve();
    fixture.service.refuse = () => ({ status: 401, code: "401" });
    expect(await describeProject(fixture.context())).toMatchObject({
      state: "succeeded",
      service: { error: { code: "Unauthorized" } },
    });
  });
});
