import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at } from "../emulator-fixture.ts";
import { AuthoringFixture, told } from "./authoring-fixture.ts";

let authoring: AuthoringFixture;
beforeAll(async () => {
  authoring = await AuthoringFixture.start();
  await authoring.importSample("tickets", "helpdesk");
});
afterAll(() => authoring.stop());

describe("a deployment", () => {
  beforeAll(async () => {
    await authoring.train("helpdesk");
    for (let index = 1; index <= 10; index++) {
      await authoring.run("PUT", `/helpdesk/deployments/d${index}`, { trainedModelLabel: "first" });
    }
  });

  it.each<[string, string, string, object | undefined, unknown[]]>([
    [
      "of an unknown model",
      "PUT",
      "/d1",
      { trainedModelLabel: "First" },
      [404, "NotFound", undefined, "trainedModelLabel"],
    ],
    ["without a model", "PUT", "/d1", {}, [400, "InvalidArgument", "InvalidParameterValue", "trainedModelLabel"]],
    [
      "with a bad name",
      "PUT",
      "/a%20b",
      { trainedModelLabel: "first" },
      [400, "InvalidArgument", "InvalidParameterValue", "deploymentName"],
    ],
    ["beyond the tenth", "PUT", "/d11", { trainedModelLabel: "first" }, [400, "QuotaExceeded", undefined, undefined]],
    ["that is deleted and unknown", "DELETE", "/D1", undefined, [404, "NotFound", undefined, "deploymentName"]],
    [
      "that is swapped and unknown",
      "POST",
      "/:swap",
      { firstDeploymentName: "d1", secondDeploymentName: "D2" },
      [404, "NotFound", undefined, "deploymentName"],
    ],
    [
      "that is swapped with itself",
      "POST",
      "/:swap",
      { firstDeploymentName: "d1", secondDeploymentName: "d1" },
      [400, "InvalidArgument", "InvalidParameterValue", "secondDeploymentName"],
    ],
  ])("%s is refused", async (_, method, path, body, expected) => {
    expect(told(await authoring.call(method, `/helpdesk/deployments${path}`, body))).toEqual(expected);
  });

  it("holds on to its model, which cannot be deleted", async () => {
    const answer = await authoring.call("DELETE", "/helpdesk/models/first");
    expect(told(answer)).toEqual([400, "InvalidRequest", undefined, "trainedModelLabel"]);
    expect(String(at(answer.body, "error", "message"))).toContain("d1, d2");
  });
});

describe("a request is refused", () => {
  it.each([
    ["GET", "/nobody", 404, "ProjectNotFound"],
    ["DELETE", "/nobody", 404, "ProjectNotFound"],
    ["GET", "/nobody/train/jobs", 404, "ProjectNotFound"],
    ["GET", "/helpdesk/models/nothing", 404, "NotFound"],
    ["DELETE", "/helpdesk/models/nothing", 404, "NotFound"],
    ["GET", "/tickets/models/samples/evaluation/summary-result", 404, "NotFound"],
    ["POST", "/tickets/:export", 400, "InvalidArgument"],
    ["POST", "/tickets/:export?stringIndexType=Utf16CodeUnit&trainedModelLabel=nothing", 404, "NotFound"],
    ["GET", "/global/deletion-jobs/none", 404, "OperationNotFound"],
    ["GET", "/tickets/unheard-of", 404, "404"],
    ["GET", "/%E0%A4%A", 404, "404"],
  ])("%s %s with %i %s", async (method, path, status, code) => {
    const answer = await authoring.call(method, path);
    expect([answer.status, at(answer.body, "error", "code")]).toEqual([status, code]);
  });

  it("without a version, or with one that is not served", async () => {
    expect((await authoring.call("GET", "", undefined, "")).status).toBe(404);
    expect((await authoring.call("GET", "", undefined, "2021-01-01")).status).toBe(404);
    expect((await authoring.call("GET", "", undefined, "2025-05-15-preview")).status).toBe(200);
  });

  it("without a key", async () => {
    const answer = await authoring.emulator.call("GET", "/language/authoring/analyze-text/projects", undefined, {
      "Ocp-Apim-Subscription-Key": "wrong",
    });
    expect(answer.status).toBe(401);
  });

  it("with a body that is no JSON", async () => {
    expect(told(await authoring.call("POST", "/helpdesk/:train", "{"))).toEqual([
      400,
      "InvalidRequest",
      "InvalidRequestBodyFormat",
      undefined,
    ]);
  });
});
