import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TIER_S } from "../../src/limits.ts";
import type { ScenarioDefinition } from "../../src/scenario/schema.ts";
import { at, locationOf } from "../emulator-fixture.ts";
import { AuthoringFixture, TRAIN } from "./authoring-fixture.ts";

type Rule = ScenarioDefinition["rules"][number];

describe("a scenario for authoring", () => {
  let authoring: AuthoringFixture;
  beforeEach(async () => {
    authoring = await AuthoringFixture.start();
    await authoring.importSample("tickets", "helpdesk");
  });
  afterEach(() => authoring.stop());

  function rule(when: NonNullable<Rule["when"]>, action: Rule["do"]): void {
    authoring.emulator.service.setScenario({ rules: [{ when, do: action, times: 1 }] });
  }

  it("fails a training half way, with the error it says", async () => {
    rule({ operation: "train" }, { action: "failTraining", code: "InternalServerError", message: "No machine free." });
    expect((await authoring.train("helpdesk")).body).toMatchObject({
      status: "failed",
      errors: [{ code: "InternalServerError", message: "No machine free." }],
      result: { trainingStatus: { status: "failed", percentComplete: 50 }, evaluationStatus: { status: "notStarted" } },
    });
    expect((await authoring.get("/helpdesk/models")).value).toEqual([]);
    expect((await authoring.train("helpdesk")).body).toMatchObject({ status: "succeeded" });
    expect(authoring.emulator.service.stats().trainings).toEqual({ helpdesk: 2 });
  });

  it("loses the answer of a training that was accepted: its job is found in the list", async () => {
    rule({ operation: "train" }, { action: "drop", after: true });
    await expect(authoring.call("POST", "/helpdesk/:train", TRAIN)).rejects.toThrow();
    expect((await authoring.get("/helpdesk/train/jobs")).value).toHaveLength(1);
    expect(authoring.emulator.service.stats().trainings).toEqual({ helpdesk: 1 });
  });

  it("loses a request before it does anything", async () => {
    rule({ operation: "train" }, { action: "drop" });
    await expect(authoring.call("POST", "/helpdesk/:train", TRAIN)).rejects.toThrow();
    expect(authoring.emulator.service.stats().trainings).toEqual({});
  });

  it.each<[string, NonNullable<Rule["when"]>, string, string, object | undefined]>([
    ["createProject", { operation: "createProject" }, "PATCH", "/helpdesk", { description: "x" }],
    ["importProject", { operation: "importProject" }, "POST", "/helpdesk/:import", {}],
    ["exportProject", { operation: "exportProject" }, "POST", "/helpdesk/:export", undefined],
    ["deploy", { operation: "deploy" }, "PUT", "/helpdesk/deployments/d", {}],
    ["swap", { operation: "swap" }, "POST", "/helpdesk/deployments/:swap", {}],
    ["deleteDeployment", { operation: "deleteDeployment" }, "DELETE", "/helpdesk/deployments/d", undefined],
    ["deleteModel", { operation: "deleteModel" }, "DELETE", "/helpdesk/models/m", undefined],
    ["deleteProject", { operation: "deleteProject" }, "DELETE", "/helpdesk", undefined],
    ["authoringStatus", { operation: "authoringStatus" }, "GET", "/helpdesk/train/jobs/x", undefined],
    ["authoringRead", { operation: "authoringRead" }, "GET", "/helpdesk", undefined],
    ["a path", { path: "*/projects/helpdesk" }, "GET", "/helpdesk", undefined],
  ])("throttles %s", async (_, when, method, path, body) => {
    rule(when, { action: "throttle", retryAfterSeconds: 7 });
    const { status, headers } = await authoring.call(method, path, body);
    expect([status, headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await authoring.call(method, path, body)).status).not.toBe(429);
  });

  it("makes a job take longer, fail, be forgotten, or say what nobody knows", async () => {
    rule({ operation: "train" }, { action: "stayRunning", seconds: 60 });
    expect((await authoring.train("helpdesk")).body).toMatchObject({ status: "running" });
    authoring.emulator.clock.advance(60);
    const target = { trainedModelLabel: "first" };
    rule({ operation: "deploy" }, { action: "failJob", code: "Timeout" });
    const failed = await authoring.run("PUT", "/helpdesk/deployments/production", target);
    expect(failed.body).toMatchObject({ status: "failed", errors: [{ code: "Timeout" }] });
    expect((await authoring.get("/helpdesk/deployments")).value).toEqual([]);
    rule({ operation: "deploy" }, { action: "loseJob" });
    const lost = await authoring.call("PUT", "/helpdesk/deployments/production", target);
    expect((await authoring.emulator.call("GET", locationOf(lost))).body).toMatchObject({
      error: { code: "OperationNotFound" },
    });
    authoring.emulator.clock.advance(10);
    expect((await authoring.get("/helpdesk/deployments")).value).toHaveLength(1);
    rule({ operation: "deploy" }, { action: "extraFields", fields: { moon: "full" } });
    expect((await authoring.run("PUT", "/helpdesk/deployments/production", target)).body).toMatchObject({
      moon: "full",
    });
  });
});

describe("with rate limits", () => {
  it("authoring takes ten POST and a hundred GET requests a minute, and says when to come back", async () => {
    const authoring = await AuthoringFixture.start({ rateLimits: TIER_S });
    const seen = async (method: string, path: string, times: number): Promise<number[]> => {
      const statuses: number[] = [];
      for (let index = 0; index < times; index++) statuses.push((await authoring.call(method, path)).status);
      return statuses;
    };
    const posts = await seen("POST", "/nobody/:train", 11);
    expect(posts).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    const gets = await seen("GET", "/nobody", 101);
    expect(gets.slice(-2)).toEqual([404, 429]);
    expect(await seen("DELETE", "/nobody", 11)).toEqual(Array.from({ length: 11 }, () => 404));
    const refused = await authoring.call("POST", "/nobody/:train");
    expect([refused.headers.get("retry-after"), at(refused.body, "error", "code")]).toEqual(["60", "429"]);
    authoring.emulator.clock.advance(60);
    expect((await authoring.call("GET", "/nobody")).status).toBe(404);
    await authoring.stop();
  });
});
