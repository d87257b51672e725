import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAppSettings } from "../src/lib/settings/app-settings.ts";
import { APP_SETTINGS } from "../src/lib/settings/app-settings-table.ts";

const text = readFileSync(new URL("../local.settings.sample.json", import.meta.url), "utf8");
const { Values: values } = z.object({ Values: z.record(z.string(), z.string()) }).parse(JSON.parse(text));

describe("local.settings.sample.json", () => {
  it("holds every setting of the application and the runtime, and nothing else", () => {
    const names = APP_SETTINGS.map(({ name }) => name);
    expect(Object.keys(values).toSorted()).toEqual(["FUNCTIONS_WORKER_RUNTIME", ...names].toSorted());
  });

  it.each(APP_SETTINGS.filter((row) => row.default !== undefined))("$name stands at its default", (row) => {
    expect(values[row.name]).toBe(String(row.default));
  });

  it("works once the name of the resource is filled in", () => {
    const endpoint = values.LANGUAGE_ENDPOINT?.replace("<name>", "reader");
    expect(() => readAppSettings(values)).toThrow("LANGUAGE_ENDPOINT");
    expect(readAppSettings({ ...values, LANGUAGE_ENDPOINT: endpoint }).languageEndpoint).toBe(endpoint);
  });
});
