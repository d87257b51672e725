import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFiles } from "../../src/lib/project/names.ts";
import { CONTAINER_SETTINGS } from "../../src/lib/settings/app-settings-table.ts";
import { descendants, ROOT, readBicep, unquoted, valueAt } from "./bicep-file.ts";

const template = readBicep("infra/event-subscription.bicep");
const module = readBicep("infra/modules/event-subscription.bicep");
const resources = readBicep("infra/resources.bicep");

interface Watched {
  functionName: string;
  containerName: string;
  /** What follows the last token of a trigger's path: the end of the names that it takes. */
  nameEndsWith: string;
}

const byName = (one: Watched, other: Watched) => one.functionName.localeCompare(other.functionName);

/** The blob triggers that the app registers, with the parameter of the container that each watches. */
function registeredBlobTriggers(): Watched[] {
  const paths = globSync("src/functions/**/*.ts", { cwd: ROOT });
  const sources = paths.map((path) => readFileSync(join(ROOT, path), "utf8"));
  const calls = sources.flatMap((source) => [...source.matchAll(/\.storageBlob\(/g)]).length;
  const trigger = /\.storageBlob\(\s*"([^"]+)",\s*\{\s*path: `\$\{triggers\.(\w+)\}\/[^`]*\}([^`}]*)`/g;
  const found = sources.flatMap((source) => [...source.matchAll(trigger)]);
  expect(found, "every blob trigger is understood here").toHaveLength(calls);
  return found
    .map(([, functionName = "", key, nameEndsWith = ""]) => {
      return { functionName, containerName: `${key}Name`, nameEndsWith };
    })
    .sort(byName);
}

/** What the template subscribes, authoring included. */
function watched(): Watched[] {
  const items = /\{ functionName: (\w+), containerName: (\w+), nameEndsWith: '([^']*)' \}/g;
  return [...(template.variables.get("watched")?.text ?? "").matchAll(items)]
    .map(([, variable = "", containerName = "", nameEndsWith = ""]) => {
      return { functionName: unquoted(template.variables.get(variable)?.text ?? ""), containerName, nameEndsWith };
    })
    .sort(byName);
}

describe("event subscriptions", () => {
  it("go to the blob triggers that the app registers, each from its own container, with the same end of names", () => {
    expect(watched()).toEqual(registeredBlobTriggers());
  });

  it("watch the containers that the app reads by default", () => {
    for (const [key, { default: fallback }] of Object.entries(CONTAINER_SETTINGS)) {
      const param = template.params.get(`${key}ContainerName`);
      if (param !== undefined) expect(unquoted(param.value ?? ""), key).toBe(fallback);
    }
    for (const name of ["inputContainerName", "projectsContainerName", "deadLetterContainerName"]) {
      expect(template.params.get(name)?.value, name).toBe(resources.params.get(name)?.value);
    }
  });

  it("do not catch a sibling container whose name begins the same", () => {
    const subscription = module.resources.find(({ symbol }) => symbol === "subscription");
    if (subscription === undefined) throw new Error("no event subscription in the module");
    const prefix = unquoted(valueAt(subscription.body, "properties", "filter", "subjectBeginsWith").text);
    const begins = prefix.replace(`\${containerName}`, "documents");
    expect("/blobServices/default/containers/documents/blobs/a.txt".startsWith(begins)).toBe(true);
    expect("/blobServices/default/containers/documents2/blobs/a.txt".startsWith(begins)).toBe(false);
  });

  it("watch project files, not what the app writes beside them", () => {
    const suffix = watched().find(({ containerName }) => containerName === "projectsContainerName")?.nameEndsWith ?? "";
    expect(suffix).not.toBe("");
    expect(projectFiles.definition("tickets").endsWith(suffix)).toBe(true);
    expect(projectFiles.status("tickets").endsWith(suffix)).toBe(false);
    expect(module.source).toContain("subjectEndsWith: nameEndsWith");
  });

  it("carry created blobs only, one a call, over TLS 1.2, with retries and dead letters", () => {
    const text = module.source;
    expect(text).toContain("includedEventTypes: ['Microsoft.Storage.BlobCreated']");
    expect(text).toContain("maxEventsPerBatch: 1");
    expect(text).toContain("minimumTlsVersionAllowed: '1.2'");
    expect(text).toContain("deadLetterWithResourceIdentity");
    expect(Number(template.params.get("maxDeliveryAttempts")?.value)).toBe(30);
  });

  it("put the key into the address of the webhook, which is secure all the way", () => {
    const uses = descendants(module.root).filter(
      (node) => node.type === "identifier" && node.text === "webhookAddress",
    );
    expect(uses).toHaveLength(2);
    expect([...(module.params.get("webhookAddress")?.decorators.keys() ?? [])]).toContain("secure");
    expect(module.source).toContain("endpointUrl: webhookAddress");
  });
});
