import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { allBicep, ROOT, readBicep } from "./bicep-file.ts";

const files = allBicep();
const roles = z.record(z.string(), z.guid()).parse(JSON.parse(readFileSync(join(ROOT, "infra/roles.json"), "utf8")));

/** As Microsoft publishes them: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const BUILT_IN = {
  cognitiveServicesLanguageOwner: "f07febfe-79bc-46b1-8b37-790e26e6e498",
  cognitiveServicesLanguageReader: "7628b7b8-a8b2-4cdc-b46f-e9b35248918e",
  durableTaskDataContributor: "0ad04412-c4d5-4796-b79c-f76d14c8d402",
  monitoringMetricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb",
  storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  storageBlobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  storageBlobDataOwner: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  storageQueueDataContributor: "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
  storageTableDataContributor: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
};

describe("roles", () => {
  it("have the ids that Microsoft publishes", () => {
    expect(roles).toEqual(BUILT_IN);
  });

  it("come from the one table: no other file holds a GUID", () => {
    const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
    expect(files.filter(({ source }) => guid.test(source)).map(({ path }) => path)).toEqual([]);
  });

  it("are each used, and none is used that the table lacks", () => {
    const read = files.flatMap(({ source }) => [
      ...[...source.matchAll(/\broles\.(?!json)(\w+)/g)].map(([, name]) => name ?? ""),
      ...[...source.matchAll(/'(storage\w+Data\w+)'/g)].map(([, name]) => name ?? ""),
    ]);
    expect(new Set(read)).toEqual(new Set(Object.keys(roles)));
  });

  it("let the app author models only where authoring is switched on", () => {
    const appRoles = readBicep("infra/modules/language-access.bicep").variables.get("appRoles")?.text ?? "";
    expect(appRoles.replace(/\s+/g, " ")).toBe(
      "concat([roles.cognitiveServicesLanguageReader], authoring ? [roles.cognitiveServicesLanguageOwner] : [])",
    );
  });

  it("are assigned under names that differ by scope, principal and role, and nowhere by name alone", () => {
    const assignments = files.flatMap(({ resources }) =>
      resources.filter(({ type }) => type === "Microsoft.Authorization/roleAssignments"),
    );
    expect(assignments.length).toBeGreaterThan(5);
    for (const { body } of assignments) {
      expect(body.text).toMatch(/name: guid\((\w+)\.id, \w*[pP]rincipalId, role/);
      expect(body.text).toMatch(/scope: \w+/);
      expect(body.text).toMatch(/principalType: |union\(\w*[kK]ind, /);
    }
  });
});

describe("keys", () => {
  it.each([
    ["infra/modules/storage-account.bicep", "allowSharedKeyAccess: false"],
    ["infra/modules/storage-account.bicep", "allowBlobPublicAccess: false"],
    ["infra/modules/language-account.bicep", "disableLocalAuth: true"],
    ["infra/modules/monitoring.bicep", "DisableLocalAuth: true"],
    ["infra/modules/monitoring.bicep", "disableLocalAuth: true"],
    ["infra/modules/function-app.bicep", "type: 'UserAssignedIdentity'"],
  ])("%s says %s", (path, words) => {
    expect(readBicep(path).source).toContain(words);
  });

  it("are listed in one place only, and handed on as secure", () => {
    const listing = files.filter(({ source }) => /\blist\w*\(/.test(source)).map(({ path }) => path);
    expect(listing).toEqual(["infra/event-subscription.bicep"]);
    const target = readBicep("infra/modules/event-subscription.bicep").params.get("webhookAddress");
    expect([...(target?.decorators.keys() ?? [])]).toContain("secure");
  });
});
