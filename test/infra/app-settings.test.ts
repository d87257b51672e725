import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAppSettings } from "../../src/lib/settings/app-settings.ts";
import {
  APP_SETTINGS,
  CONTAINER_SETTINGS,
  NUMBER_SETTINGS,
  TEXT_SETTINGS,
} from "../../src/lib/settings/app-settings-table.ts";
import { properties, ROOT, readBicep, unquoted } from "./bicep-file.ts";

const resources = readBicep("infra/resources.bicep");
const variable = (name: string) => {
  const node = resources.variables.get(name);
  if (node === undefined) throw new Error(`infra/resources.bicep has no variable ${name}`);
  return node;
};
const base = properties(variable("baseSettings"));
const numbers = Object.values(NUMBER_SETTINGS);
const tunables = readBicep("infra/tunables.bicep").types.get("tunables") ?? [];
const sample = z
  .object({ Values: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, "local.settings.sample.json"), "utf8"))).Values;

/** Settings of the host and of the Azure SDK, which this application does not read itself. */
const OF_OTHERS = ["AZURE_CLIENT_ID"];
const IDENTITY_FORM = ["credential", "clientId", "blobServiceUri", "queueServiceUri", "tableServiceUri"];

describe("settings of the deployed app", () => {
  it("are those that the app reads: storage by identity, no key", () => {
    const named = [...Object.values(TEXT_SETTINGS), ...Object.values(CONTAINER_SETTINGS)].map(({ name }) => name);
    const storage: string = TEXT_SETTINGS.storage.name;
    /** No key is deployed, and the allowed hosts are those of the cloud unless `appSettings` gives others. */
    const absent: string[] = [
      ...["languageKey", "allowedLanguageHosts", "allowedStorageHosts"],
      ...["telemetryExporter", "completedQueue", "prices"],
    ];
    const left: string[] = Object.entries(TEXT_SETTINGS).flatMap(([key, { name }]) =>
      absent.includes(key) ? [name] : [],
    );
    const expected = [
      ...named.filter((name) => name !== storage && !left.includes(name)),
      ...IDENTITY_FORM.map((part) => `${storage}__${part}`),
      ...OF_OTHERS,
    ];
    expect([...base.keys()].sort()).toEqual(expected.sort());
  });

  it("are accepted by the app", () => {
    const account = "https://stexample";
    const values: Record<string, string> = {
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: "00000000-0000-4000-8000-000000000000",
      AzureWebJobsStorage__blobServiceUri: `${account}.blob.core.windows.net/`,
      AzureWebJobsStorage__queueServiceUri: `${account}.queue.core.windows.net/`,
      AzureWebJobsStorage__tableServiceUri: `${account}.table.core.windows.net/`,
      LANGUAGE_ENDPOINT: "https://example.cognitiveservices.azure.com/",
      AUTHORING: "true",
    };
    const env = Object.fromEntries(
      [...base].map(([name, value]) => {
        const param = resources.params.get(value.text);
        return [name, values[name] ?? unquoted(param?.value ?? value.text)];
      }),
    );
    expect(readAppSettings(env).storage).toMatchObject({ kind: "identity", credential: "managedIdentity" });
  });

  it("name the containers as the app does by default, and the template creates each", () => {
    const created = variable("containerNames").text;
    for (const { name, default: fallback } of Object.values(CONTAINER_SETTINGS)) {
      const param = base.get(name)?.text ?? "";
      expect(unquoted(resources.params.get(param)?.value ?? ""), name).toBe(fallback);
      expect(created, name).toContain(param);
    }
    const { pipelinesFile } = TEXT_SETTINGS;
    expect(unquoted(resources.params.get("pipelinesFile")?.value ?? "")).toBe(pipelinesFile.default);
  });

  it("leave out what Flex Consumption refuses", () => {
    const refused =
      /FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|SCM_DO_BUILD|ENABLE_ORYX_BUILD|WEBSITE_(?:RUN_FROM_PACKAGE|CONTENT\w+|TIME_ZONE)|\bTZ:/;
    for (const path of ["infra/resources.bicep", "infra/modules/function-app.bicep"]) {
      expect(readBicep(path).source).not.toMatch(refused);
    }
  });

  it("switch the Durable backend by the names that host.json has", () => {
    const host = z
      .object({
        extensions: z.object({
          durableTask: z.object({ hubName: z.string(), storageProvider: z.looseObject({ type: z.string() }) }),
        }),
      })
      .parse(JSON.parse(readFileSync(join(ROOT, "host.json"), "utf8")));
    expect(host.extensions.durableTask.storageProvider.type).toBe("AzureStorage");
    const prefix = "AzureFunctionsJobHost__extensions__durableTask__";
    for (const path of ["hubName", "storageProvider__type", "storageProvider__connectionStringName"]) {
      expect(variable("schedulerSettings").text).toContain(`${prefix}${path}:`);
    }
  });
});

describe("tunables of the templates", () => {
  it("are those of the app, with its ranges and defaults", () => {
    const expected = numbers.map(({ name, min, max, default: fallback, unit }) => ({
      name,
      min: String(min),
      max: String(max),
      told: `Default: ${fallback} ${unit}.`,
    }));
    const found = tunables.map(({ name, decorators }) => ({
      name,
      min: decorators.get("minValue"),
      max: decorators.get("maxValue"),
      told: unquoted(decorators.get("description") ?? "").replace(/^.*(?=Default:)/, ""),
    }));
    expect(found).toEqual(expected);
  });

  it("are whole numbers that may be left out, and nothing else is taken", () => {
    expect(new Set(tunables.map(({ type }) => type))).toEqual(new Set(["int?"]));
    expect(readBicep("infra/tunables.bicep").source).toContain("@sealed()");
  });
});

describe("local.settings.sample.json", () => {
  it("shows every setting, the tunables with their defaults", () => {
    const ours = Object.keys(sample).filter((name) => name !== "FUNCTIONS_WORKER_RUNTIME");
    expect(ours.sort()).toEqual(APP_SETTINGS.map(({ name }) => name).sort());
    for (const { name, default: fallback } of [...numbers, ...Object.values(CONTAINER_SETTINGS)]) {
      expect(sample[name], name).toBe(String(fallback));
    }
  });
});

describe("README.md", () => {
  it("is there, with a row for each setting", () => {
    expect(existsSync(join(ROOT, "README.md"))).toBe(true);
    const rows = readFileSync(join(ROOT, "README.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("|"));
    for (const row of APP_SETTINGS) {
      const line = rows.find((candidate) => candidate.includes(`\`${row.name}\``));
      expect(line, `a row for ${row.name}`).toBeDefined();
      if ("min" in row) {
        for (const number of [row.default, row.min, row.max])
          expect(line, row.name).toMatch(new RegExp(`\\b${number}\\b`));
      } else if (row.default !== undefined) expect(line, row.name).toContain(row.default);
    }
  });
});
