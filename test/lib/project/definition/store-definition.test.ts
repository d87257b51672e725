import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeDefinition } from "../../../../src/lib/project/definition/store-definition.ts";
import { askForDefinition, askProject } from "../../../../src/lib/project/enqueue-command.ts";
import { AuthorBench } from "../../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

/** What `PUT /api/projects/tickets` does. */
async function put(): Promise<boolean> {
  const text = JSON.stringify(bench.definition());
  expect(await storeDefinition(bench.context(), text)).toBeUndefined();
  return await askForDefinition(bench.context(), "tickets");
}

const stateIs = (state: string) => async () => (await bench.status()).state === state;

describe("a project file that is put again", () => {
  it("while it waits or is carried out is the same wish", async () => {
    expect(await put()).toBe(true);
    expect(await put()).toBe(false);
    await bench.run(stateIs("training"));
    expect(await put()).toBe(false);
    await bench.run();
    expect(bench.service.count("POST /tickets/:train")).toBe(1);
  });

  it("after it was carried out is a new wish", async () => {
    await put();
    await bench.run();
    expect(await put()).toBe(true);
  });

  it.each([
    ["a deletion", { action: "delete" }, { state: "succeeded" }, 2],
    ["a training", { action: "train", modelLabel: "m2" }, { state: "succeeded" }, 3],
  ] as const)("is carried out after %s that waits", async (_, wish, end, trainings) => {
    await put();
    await bench.run();
    expect(await askProject(bench.context(), "tickets", wish)).toBe("accepted");
    expect(await put()).toBe(true);
    expect((await bench.run()).result).toMatchObject(end);
    expect(bench.service.count("POST /tickets/:train")).toBe(trainings);
    expect(bench.service.projects.has("tickets")).toBe(true);
  });

  it("is carried out after a deletion that is under way", async () => {
    await put();
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    await bench.run(stateIs("deleting"));
    expect(await put()).toBe(true);
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(bench.service.projects.has("tickets")).toBe(true);
  });
});
