import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import type { Compiler } from "../../scripts/bicep/compiler.ts";
import { ROOT } from "./bicep-file.ts";
import { compilerForTests } from "./compiler-for-tests.ts";

const compiler = await compilerForTests();
const files = globSync("infra/**/*.bicep", { cwd: ROOT }).sort();

const outcomes = new Map<string, ReturnType<Compiler["compile"]>>();

/** Each template is compiled once, when the first test asks. */
function compile(file: string, context: Pick<TestContext, "skip">): ReturnType<Compiler["compile"]> {
  const asked = outcomes.get(file) ?? compiler(context).compile(join(ROOT, file));
  outcomes.set(file, asked);
  return asked;
}

describe("the real compiler", { timeout: 240_000 }, () => {
  it("sees every template, and every module", () => {
    expect(files).toEqual(expect.arrayContaining(["infra/main.bicep", "infra/modules/storage-account.bicep"]));
  });

  it.for(files)("finds nothing to say about %s", async (file, context) => {
    expect((await compile(file, context)).diagnostics).toEqual([]);
  });

  it.for(files)("would format %s as it is", async (file, context) => {
    expect(await compiler(context).isFormatted(join(ROOT, file))).toBe(true);
  });
});

/** A compiled template, as far as it is looked at here. */
interface Template {
  parameters?: Record<string, { type?: string }>;
  outputs?: Record<string, unknown>;
  resources: Record<string, TemplateResource> | TemplateResource[];
}

interface TemplateResource {
  type: string;
  dependsOn?: string[];
  properties?: { template?: Template };
}

async function compiled(file: string, context: Pick<TestContext, "skip">): Promise<Template> {
  return JSON.parse((await compile(file, context)).template ?? "null");
}

/** A template and all that are nested in it. */
function withNested(template: Template): Template[] {
  const inner = Object.values(template.resources).flatMap(({ properties }) => properties?.template ?? []);
  return [template, ...inner.flatMap(withNested)];
}

describe("the compiled templates", { timeout: 240_000 }, () => {
  it.for([
    // No role, no host: the app would start without its storage.
    ["functionApp", ["identity", "monitoring", "storageContainers", "appStorageRoles", "languageAccess"]],
    // Nor before the private way to its services is there, and the backend of Durable.
    ["functionApp", ["privateAccess", "scheduler"]],
    // Defender makes a topic of its own where the account has none, and it can have one only.
    ["defender", ["storageAccount", "topic", "topicFacts"]],
    ["deadLetterRole", ["storageContainers", "topic"]],
    ["languageStorageRole", ["storageContainers", "languageAccount"]],
    ["privateAccess", ["storageAccount", "languageAccount"]],
  ] as const)("make %s after %s", async ([symbol, before], context) => {
    const { resources } = await compiled("infra/resources.bicep", context);
    const graph = new Map(Object.entries(resources).map(([name, { dependsOn = [] }]) => [name, dependsOn]));
    // Grows while it is walked: what a resource waits for, then what that waits for.
    const awaited = [...(graph.get(symbol) ?? [])];
    for (const name of awaited) awaited.push(...(graph.get(name) ?? []).filter((next) => !awaited.includes(next)));
    expect(awaited).toEqual(expect.arrayContaining([...before]));
  });

  it("make a private endpoint only where its record can be found", async (context) => {
    const { resources } = await compiled("infra/modules/private-access.bicep", context);
    const endpoints = Object.values(resources).find((resource) =>
      JSON.stringify(resource).includes("privateEndpoints"),
    );
    expect(JSON.stringify(endpoints?.dependsOn)).toMatch(/network.*zones/);
  });

  it("subscribe to events in a deployment of its own, after the code", async (context) => {
    const types = async (file: string) =>
      withNested(await compiled(file, context)).flatMap(({ resources }) =>
        Object.values(resources).map(({ type }) => type),
      );
    const subscription = "Microsoft.EventGrid/systemTopics/eventSubscriptions";
    expect(await types("infra/main.bicep")).not.toContain(subscription);
    expect(await types("infra/event-subscription.bicep")).toContain(subscription);
  });

  it("hand the address of the webhook, which has the key, on as secure", async (context) => {
    const [, inner] = withNested(await compiled("infra/event-subscription.bicep", context));
    expect(inner?.parameters?.webhookAddress?.type).toBe("securestring");
  });

  it.for(["infra/main.bicep", "infra/event-subscription.bicep"])(
    "of %s give out no key or secret",
    async (file, context) => {
      for (const { outputs = {}, parameters = {} } of withNested(await compiled(file, context))) {
        const secret = Object.entries(parameters).filter(([, { type }]) => /^secure/i.test(type ?? ""));
        const told = JSON.stringify(Object.values(outputs).map((output) => (output as { value?: unknown }).value));
        expect(told).not.toMatch(/\blist\w*\(|ConnectionString|InstrumentationKey/i);
        for (const [name] of secret) expect(told).not.toContain(`parameters('${name}')`);
      }
    },
  );
});
