import * as df from "durable-functions";
import { describe, expect, it } from "vitest";
import { keepRunning } from "../../../src/functions/bindings/project-host.ts";

const { Running, Completed } = df.OrchestrationRuntimeStatus;

/** A client whose starts are refused so often, and whose instance then is in this state. */
function clientOf(refusals: number, runtimeStatus: df.OrchestrationRuntimeStatus) {
  const starts: string[] = [];
  const client = {
    async startNew(_name: string, { instanceId = "" }: df.StartNewOptions = {}) {
      starts.push(instanceId);
      if (starts.length <= refusals) throw new Error("There is an instance of this id");
      return instanceId;
    },
    getStatus: async () => ({ runtimeStatus }),
  };
  return { starts, client: client as unknown as df.DurableClient };
}

describe("a project's orchestration", () => {
  it.each([
    ["is started", 0, Completed, 1],
    ["is left alone while it runs", 9, Running, 1],
    ["is started anew when the run that was in the way ended meanwhile", 1, Completed, 2],
  ] as const)("%s", async (_, refusals, state, expected) => {
    const { starts, client } = clientOf(refusals, state);
    expect(await keepRunning(client, "tickets")).toBe("project-tickets");
    expect(starts).toEqual(Array(expected).fill("project-tickets"));
  });

  it("that cannot be started says why", async () => {
    const { starts, client } = clientOf(9, Completed);
    await expect(keepRunning(client, "tickets")).rejects.toThrow("There is an instance of this id");
    expect(starts).toHaveLength(3);
  });

  it.each([
    ["is started anew when Durable Functions lost it", 30, ["start", "terminate", "start"]],
    ["is left alone while its step takes its time", 5, ["start"]],
  ])("%s", async (_, minutes, expected) => {
    const nextStepAt = new Date(Date.now() - minutes * 60_000).toISOString();
    const done: string[] = [];
    let runtimeStatus = Running;
    const client = {
      async startNew() {
        done.push("start");
        if (runtimeStatus === Running) throw new Error("There is an instance of this id");
      },
      async terminate() {
        done.push("terminate");
        runtimeStatus = df.OrchestrationRuntimeStatus.Terminated;
      },
      getStatus: async () => ({ runtimeStatus, customStatus: { nextStepAt } }),
    };
    expect(await keepRunning(client as unknown as df.DurableClient, "tickets")).toBe("project-tickets");
    expect(done).toEqual(expected);
  });
});
