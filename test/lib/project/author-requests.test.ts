import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askProject } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { AuthorBench, withRights } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const train = () => bench.service.count("POST /tickets/:train");

describe("one thing at a time", () => {
  it("a file that comes while another is carried out waits for its turn", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run(stateIs("training"));
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    await bench.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await bench.status()).toMatchObject({ running: true, waiting: { action: "author" } });
    expect((await bench.run()).result).toMatchObject({ deployment: { model: "m2" } });
    expect(train()).toBe(2);
  });

  it("a finished project is under way again as soon as something is asked of it", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "train" });
    expect(await describeProject(bench.context())).toMatchObject({ state: "preparing", running: true });
  });

  it("a training or deployment is refused while something is done, a deletion is not", async () => {
    await bench.drop(bench.definition());
    await bench.run(async () => (await bench.status()).percent !== undefined);
    expect(await askProject(bench.context(), "tickets", { action: "train" })).toBe("busy");
    expect(await askProject(bench.context(), "tickets", { action: "deploy" })).toBe("busy");
    expect(await askProject(bench.context(), "tickets", { action: "delete" })).toBe("accepted");
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
    expect(bench.service.projects.size).toBe(0);
    expect(bench.service.asked.some(({ path }) => path.endsWith(":cancel"))).toBe(true);
  });

  it("nothing can be asked of a project that is not there", async () => {
    for (const action of ["train", "deploy", "delete"] as const) {
      expect(await askProject(bench.context(), "tickets", { action })).toBe("unknown");
    }
    expect(await describeProject(bench.context())).toBeUndefined();
  });
});

describe("a single step", () => {
  it("trains without deploying, deploys without training", async () => {
    await bench.serve();
    await askProject(bench.context(), "tickets", { action: "train", modelLabel: "m2" });
    expect((await bench.run()).result).toMatchObject({
      state: "succeeded",
      model: { label: "m2" },
      deployment: { model: "m1" },
    });
    await askProject(bench.context(), "tickets", { action: "deploy", deploymentName: "canary" });
    expect((await bench.run()).result).toMatchObject({ deployment: { name: "canary", model: "m2" } });
    expect((await bench.status()).deployments).toMatchObject([
      { name: "production", model: "m1" },
      { name: "canary", model: "m2" },
    ]);
    expect(bench.service.served("tickets", "production")).toBe("m1");
    await askProject(bench.context(), "tickets", { action: "deploy", modelLabel: "nowhere", ignoreThresholds: true });
    expect((await bench.run()).result).toMatchObject({ state: "failed", error: { code: "ModelNotFound" } });
    expect(train()).toBe(2);
  });

  it("deletes a model or a deployment, and at last the project, which its file does not bring back", async () => {
    await bench.serve();
    await askProject(bench.context(), "tickets", { action: "delete", only: { deployment: "production" } });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    await askProject(bench.context(), "tickets", { action: "delete", only: { model: "m1" } });
    await bench.run();
    const project = bench.service.projects.get("tickets");
    expect([project?.models.size, project?.deployments.size]).toEqual([0, 0]);
    await askProject(bench.context(), "tickets", { action: "delete" });
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
    expect(await sweepProjects(bench.context())).toEqual([]);
    expect(bench.service.projects.size).toBe(0);
  });

  it("deletes with the last good file when the present one is wrong", async () => {
    await bench.serve();
    await bench.drop("{");
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
  });
});

describe("the sweep", () => {
  it("finds a file whose event was lost, and work that stopped in the middle", async () => {
    await bench.upload(bench.projects, "tickets/project.json", JSON.stringify(bench.definition()));
    await bench.upload(bench.projects, "tickets/notes.txt", "x");
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    await bench.run(stateIs("training"));
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    await bench.run();
    expect(await sweepProjects(bench.context())).toEqual([]);
  });
});

describe("a status that cannot be written when the work ends", () => {
  /** The project container can only be read from the moment in which the work ends. */
  async function lockAtEnd(): Promise<{ locked: boolean }> {
    const lock = { locked: false };
    const projects = await withRights(bench.projects, "rl");
    bench.changes = {
      log: ({ event }) => {
        if (event === "project.ended") lock.locked = true;
      },
      containers: {
        get projects() {
          return lock.locked ? projects : bench.projects;
        },
        work: bench.work,
      },
    };
    return lock;
  }

  it("is written by a later step", async () => {
    const lock = await lockAtEnd();
    await bench.drop(bench.definition());
    const held = await bench.run(() => lock.locked);
    expect(await bench.status()).toMatchObject({ state: "deploying", running: true });
    const again = await bench.step(held);
    expect(again).toMatchObject({ status: { state: "blocked" } });
    lock.locked = false;
    expect((await bench.run(undefined, again)).result).toMatchObject({ state: "succeeded" });
    expect(await bench.status()).toMatchObject({ state: "succeeded", running: false });
  });

  it("is written after the sweep found that nobody was told", async () => {
    const lock = await lockAtEnd();
    await bench.drop(bench.definition());
    await bench.run(() => lock.locked);
    lock.locked = false;
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded", running: false });
    expect(await sweepProjects(bench.context())).toEqual([]);
  });
});

describe("what is asked for while the end is told", () => {
  it("is carried out by the run that is about to close", async () => {
    await bench.serve();
    await askProject(bench.context(), "tickets", { action: "train", modelLabel: "m2" });
    const last = await bench.run(stateIs("succeeded"));
    let asked: Promise<unknown> | undefined;
    const { projects, work } = bench;
    const ask = () => askProject(bench.context(), "tickets", { action: "delete" });
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
    bench.changes = { containers: { projects: putLate, work } };
    expect((await bench.run(undefined, last)).result).toMatchObject({ state: "deleted" });
    expect(asked).toBeDefined();
  });
});

describe("the description", () => {
  it("has what the service has once nothing runs, and asks it nothing before", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    expect(await describeProject(bench.context())).toMatchObject({ state: "preparing", running: true });
    await bench.run(stateIs("training"));
    const before = bench.service.asked.length;
    expect(await describeProject(bench.context())).toMatchObject({ state: "training", running: true });
    expect(bench.service.asked).toHaveLength(before);
    await bench.run();
    expect(await describeProject(bench.context())).toMatchObject({
      state: "succeeded",
      running: false,
      service: {
        models: [{ label: "m1", modelId: "id-m1", scores: { macroF1: 0.9 } }],
        deployments: [{ name: "production", model: "m1" }],
      },
    });
  });

  it("says why the service does not tell", async () => {
    await bench.serve();
    bench.service.refuse = () => ({ status: 401, code: "401" });
    expect(await describeProject(bench.context())).toMatchObject({
      state: "succeeded",
      service: { error: { code: "Unauthorized" } },
    });
  });
});
