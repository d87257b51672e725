import { describe, expect, it } from "vitest";
import type { Task, TaskKind } from "../../../../src/lib/language/analysis.ts";
import type { TaskItem } from "../../../../src/lib/language/generation.ts";
import { matchItems, splitErrors } from "../../../../src/lib/language/jobs/job-state.ts";

const SINGLE = "CustomSingleLabelClassification";
const MULTI = "CustomMultiLabelClassification";

function task(name: string, kind: TaskKind = SINGLE): Task {
  return { kind, name, parameters: {} };
}

function item(about: string, kind?: TaskKind, name?: string): TaskItem {
  return { name, kind, status: "succeeded", documents: [], errors: [], about: { about } };
}

function matched(tasks: Task[], items: TaskItem[], failed: number[] = []): unknown[] {
  return matchItems(tasks, items, new Set(failed)).map((found) => found?.about.about);
}

describe("matchItems", () => {
  it("goes by name, whatever order or kind the service gives", () => {
    const tasks = [task("a"), task("b", "PiiEntityRecognition"), task("c", SINGLE)];
    const items = [item("C", SINGLE, "c"), item("B", "EntityRecognition", "b"), item("A", SINGLE, "a")];
    expect(matched(tasks, items)).toEqual(["A", "B", "C"]);
  });

  it("leaves tasks that are not listed without an item", () => {
    expect(matched([task("a"), task("b"), task("c")], [item("C", SINGLE, "c")])).toEqual([undefined, undefined, "C"]);
  });

  it("goes by kind and order where names are missing or are the job's", () => {
    const tasks = [task("a"), task("b", MULTI), task("c")];
    const items = [item("A", SINGLE, "my job"), item("C", SINGLE, "my job"), item("B", MULTI)];
    expect(matched(tasks, items)).toEqual(["A", "B", "C"]);
  });

  it("passes failed tasks over when too few unnamed items came", () => {
    const tasks = [task("a"), task("b"), task("c")];
    expect(matched(tasks, [item("B", SINGLE), item("C", SINGLE)], [0])).toEqual([undefined, "B", "C"]);
    expect(matched(tasks, [item("A", SINGLE), item("C", SINGLE)], [1])).toEqual(["A", undefined, "C"]);
  });

  it("gives an item of an unknown kind to the task that is left", () => {
    expect(matched([task("a"), task("b", MULTI)], [item("A", SINGLE, "a"), item("?")])).toEqual(["A", "?"]);
  });
});

describe("splitErrors", () => {
  const error = (code: string) => ({ code, message: "" });

  it("moves errors to the tasks they point at, by place among all or among a kind", () => {
    const tasks = [task("a"), task("b", MULTI), task("c")];
    const { byTask, job } = splitErrors(tasks, [
      { error: error("first"), task: { index: 0 } },
      { error: error("third"), task: { index: 1, kind: SINGLE } },
      { error: error("again"), task: { index: 0 } },
      { error: error("nowhere"), task: { index: 9 } },
      { error: error("no such kind"), task: { index: 0, kind: "Healthcare" } },
      { error: error("job") },
    ]);
    expect([...byTask].map(([index, { code }]) => [index, code])).toEqual([
      [0, "first"],
      [2, "third"],
    ]);
    expect(job.map(({ code }) => code)).toEqual(["nowhere", "no such kind", "job"]);
  });
});
