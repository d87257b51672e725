import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { ROOT } from "./bicep-file.ts";
import { compilerForTests } from "./compiler-for-tests.ts";
import { expectedRoles, holder, type Mode, modeOf, typeOf } from "./predict/mode.ts";
import { inPublicCloud, NAME_RULES } from "./predict/name-rules.ts";
import { PARAMETER_SETS, parameterSet } from "./predict/parameter-sets.ts";
import { type Prediction, predict, type Resource } from "./predict/predict.ts";
import { readable } from "./predict/readable.ts";
import { roleAssignment } from "./predict/role-assignment.ts";

const compiler = await compilerForTests();
const roles = JSON.parse(readFileSync(join(ROOT, "infra/roles.json"), "utf8")) as Record<string, string>;
const regions = JSON.parse(readFileSync(join(ROOT, "infra/regions.json"), "utf8")) as {
  authoring: { names: string[] };
};

const predictions = new Map<string, Promise<Prediction>>();

/** Each set is predicted once, when the first test asks. */
function predicted(name: string, context: Pick<TestContext, "skip">): Promise<Prediction> {
  const asked = predictions.get(name) ?? predict(compiler(context), parameterSet(name));
  predictions.set(name, asked);
  return asked;
}

const ofType = ({ predictedResources }: Prediction, type: string) =>
  predictedResources.filter((resource) => resource.type === type);
const lastPart = (name: string) => inPublicCloud(name).split("/").at(-1) ?? "";

const all = PARAMETER_SETS.map(({ name }) => name);
const firstPhase = PARAMETER_SETS.filter(({ template }) => template !== "infra/event-subscription.bicep").map(
  ({ name }) => name,
);

describe("predictions", { timeout: 240_000 }, () => {
  it.for(all.filter((name) => name !== "azd-everything-empty"))(
    "of %s are what was reviewed",
    async (name, context) => {
      const page = readable(parameterSet(name), await predicted(name, context));
      await expect(page).toMatchFileSnapshot(`snapshots/${name}.yaml`);
    },
  );

  it("are the same where azd has every variable empty as where it has none", async (context) => {
    expect(await predicted("azd-everything-empty", context)).toEqual(await predicted("azd-nothing-set", context));
  });

  it.for(all)("of %s come without a diagnostic, and no resource twice", async (name, context) => {
    const { diagnostics, predictedResources } = await predicted(name, context);
    expect(diagnostics).toEqual([]);
    const ids = predictedResources.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.for(all)("of %s have names that Azure takes", async (name, context) => {
    const { predictedResources } = await predicted(name, context);
    for (const resource of predictedResources.filter((candidate) => roleAssignment(candidate) === undefined)) {
      expect(lastPart(resource.name), resource.type).toMatch(NAME_RULES[resource.type] ?? /^a type without a rule$/);
    }
  });

  it.for(all)("of %s have no key or secret among the outputs", async (name, context) => {
    const { outputs } = await predicted(name, context);
    expect(JSON.stringify(outputs)).not.toMatch(/\blist\w*\(|ConnectionString|secret|password|\bkey/i);
  });
});

describe("a mode has its resources, and no other has them:", { timeout: 240_000 }, () => {
  const modes: [type: string, is: (mode: Mode) => boolean][] = [
    ["Microsoft.Storage/storageAccounts", (mode) => mode.newStorage],
    ["Microsoft.Storage/storageAccounts/managementPolicies", (mode) => mode.newStorage],
    ["Microsoft.CognitiveServices/accounts", (mode) => mode.newLanguage],
    ["Microsoft.EventGrid/systemTopics", (mode) => mode.newTopic],
    ["Microsoft.EventGrid/systemTopics/eventSubscriptions", () => false],
    ["Microsoft.Network/virtualNetworks", (mode) => mode.newNetwork],
    ["Microsoft.Network/networkSecurityGroups", (mode) => mode.newNetwork],
    ["Microsoft.Network/privateEndpoints", (mode) => mode.privateNetwork],
    ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups", (mode) => mode.privateNetwork],
    ["Microsoft.Network/privateDnsZones", (mode) => mode.newZones],
    ["Microsoft.Network/privateDnsZones/virtualNetworkLinks", (mode) => mode.newZones],
    ["Microsoft.DurableTask/schedulers", (mode) => mode.scheduler],
    ["Microsoft.DurableTask/schedulers/taskHubs", (mode) => mode.scheduler],
    ["Microsoft.Insights/actionGroups", (mode) => mode.email],
    ["Microsoft.Insights/scheduledQueryRules", (mode) => mode.alerts],
    ["Microsoft.Insights/metricAlerts", (mode) => mode.alerts],
    ["Microsoft.Security/defenderForStorageSettings", (mode) => mode.defender],
    ["Microsoft.Web/sites", () => true],
  ];

  it.for(modes)("%s", async ([type, is], context) => {
    const wrong: string[] = [];
    for (const name of firstPhase) {
      if (ofType(await predicted(name, context), type).length > 0 !== is(modeOf(parameterSet(name)))) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  });
});

describe.each(firstPhase)("%s", { timeout: 240_000 }, (name) => {
  const mode = modeOf(parameterSet(name));

  it("gives each role to whom it must, on the least that will do", async (context) => {
    const { predictedResources } = await predicted(name, context);
    const given = predictedResources.map(roleAssignment).filter((role) => role !== undefined);
    const told = given.map(({ roleId, principal, scope }) => {
      const role = Object.entries(roles).find(([, id]) => id === roleId)?.[0];
      return `${role} to ${holder(principal)} on ${typeOf(scope)}`;
    });
    expect([...new Set(told)].sort()).toEqual(expectedRoles(mode).sort());
    // The one that Azure need not look up: an identity that was made a moment ago is not everywhere yet.
    const identities = given.filter(({ principal }) => holder(principal) !== "deployer");
    expect(new Set(identities.map(({ principalType }) => principalType))).toEqual(new Set(["ServicePrincipal"]));
  });

  it("names role assignments after scope, principal and role", async (context) => {
    for (const resource of (await predicted(name, context)).predictedResources) {
      const role = roleAssignment(resource);
      if (role === undefined || !resource.name.startsWith("[")) continue;
      const principal = role.principal.replace(/^\[|\]$/g, "");
      for (const part of [role.scope, principal, role.roleId]) expect(resource.name).toContain(part);
    }
  });

  it("makes containers private in its own account, and leaves those of another as they are", async (context) => {
    const containers = ofType(
      await predicted(name, context),
      "Microsoft.Storage/storageAccounts/blobServices/containers",
    );
    for (const { properties } of containers)
      expect(properties).toEqual(mode.newStorage ? { publicAccess: "None" } : {});
    const names = containers.map((container) => lastPart(container.name));
    expect(names.includes("projects")).toBe(mode.authoring);
    expect(names).toEqual(
      expect.arrayContaining(["documents", "results", "failed", "language-batch-work", "deadletter"]),
    );
  });

  it("links the Language account to storage where it must, and else says nothing of a link", async (context) => {
    for (const { properties } of ofType(await predicted(name, context), "Microsoft.CognitiveServices/accounts")) {
      expect("userOwnedStorage" in properties).toBe(mode.linked);
      if (mode.linked) expect(properties.userOwnedStorage).toHaveLength(1);
      expect(properties.disableLocalAuth).toBe(true);
    }
  });

  it("opens storage and Language to the network alone where that is private, and to the addresses let in", async (context) => {
    const prediction = await predicted(name, context);
    const guarded = [
      ...ofType(prediction, "Microsoft.Storage/storageAccounts"),
      ...ofType(prediction, "Microsoft.CognitiveServices/accounts"),
    ];
    for (const { properties } of guarded) {
      expect(properties).toMatchObject({
        publicNetworkAccess: mode.privateNetwork && !mode.outside ? "Disabled" : "Enabled",
        networkAcls: { defaultAction: mode.privateNetwork ? "Deny" : "Allow", bypass: "AzureServices" },
      });
      expect(values(properties, "networkAcls", "ipRules")).toHaveLength(mode.outside ? 2 : 0);
    }
    for (const { properties } of ofType(prediction, "Microsoft.Network/networkSecurityGroups")) {
      expect(properties.securityRules).toEqual([]);
    }
  });

  it("sends the app through the network to an endpoint of each service and Language account, each with a zone", async (context) => {
    const prediction = await predicted(name, context);
    const [site] = ofType(prediction, "Microsoft.Web/sites");
    expect(Boolean(site?.properties.virtualNetworkSubnetId)).toBe(mode.privateNetwork);
    const endpoints = mode.privateNetwork ? 4 + mode.moreLanguages : 0;
    expect(ofType(prediction, "Microsoft.Network/privateEndpoints")).toHaveLength(endpoints);
    const groups = ofType(prediction, "Microsoft.Network/privateEndpoints/privateDnsZoneGroups");
    expect(groups).toHaveLength(endpoints);
    for (const { properties } of groups) {
      expect(JSON.stringify(properties).includes("/resourceGroups/rg-dns")).toBe(!mode.newZones);
    }
  });

  it("keeps quiet about an app that has never reported", async (context) => {
    const alerts = ofType(await predicted(name, context), "Microsoft.Insights/scheduledQueryRules");
    const silent = alerts.find((alert) => alert.name.endsWith("-sweep-silent"));
    expect(silent !== undefined).toBe(mode.alerts);
    if (silent === undefined) return;
    // Counting reports in a window would find none before the first deployment of code.
    const { query } = (values(silent.properties, "criteria", "allOf") as { query: string }[])[0] ?? { query: "" };
    expect(query).toMatch(
      /\| summarize lastReport = max\(timestamp\)\n\| where lastReport < ago\((?:30|120) \* 1m\)\n$/,
    );
    expect(silent.properties).toMatchObject({ overrideQueryTimeRange: "P2D", autoMitigate: false });
  });

  it("gives the app no less memory than it was seen to take, with room to spare", async (context) => {
    const [site] = ofType(await predicted(name, context), "Microsoft.Web/sites");
    expect(site?.properties).toMatchObject({
      functionAppConfig: {
        scaleAndConcurrency: { instanceMemoryMB: expect.toSatisfy((size) => Number(size) >= 2048) },
      },
    });
  });
});

describe("authoring", { timeout: 240_000 }, () => {
  const training = firstPhase.filter((name) => modeOf(parameterSet(name)).authoring);

  it.for(training)("of %s is in a region where it can train", async (name, context) => {
    const accounts = ofType(await predicted(name, context), "Microsoft.CognitiveServices/accounts");
    expect(accounts).toHaveLength(modeOf(parameterSet(name)).newLanguage ? 1 : 0);
    for (const { location } of accounts) expect(regions.authoring.names).toContain(location);
  });
});

describe("event subscriptions", { timeout: 240_000 }, () => {
  const type = "Microsoft.EventGrid/systemTopics/eventSubscriptions";
  const subject = (blob: string) => `/blobServices/default/containers/${blob.replace("/", "/blobs/")}`;

  it.for([
    ["event-subscription", ["documents/a.txt"]],
    ["event-subscription-authoring", ["documents/a.txt", "projects/tickets/project.json"]],
  ] as const)("%s catches what it should, and nothing of a sibling container", async ([name, caught], context) => {
    const subscriptions = ofType(await predicted(name, context), type);
    const catches = (blob: string) => subscriptions.some(({ properties }) => matches(properties, subject(blob)));
    const blobs = [
      "documents/a.txt",
      "documents2/a.txt",
      "documents-old/a.txt",
      "projects/tickets/project.json",
      "projects/tickets/status.json",
      "projects2/tickets/project.json",
      "results/tickets/a.txt.json",
      "deadletter/a.json",
    ];
    expect(blobs.filter(catches)).toEqual(caught);
    for (const { properties } of subscriptions) {
      expect(properties).toMatchObject({ filter: { includedEventTypes: ["Microsoft.Storage.BlobCreated"] } });
    }
  });
});

describe("what cannot work is refused before anything is made, with what to do:", { timeout: 240_000 }, () => {
  const least = { environmentName: "demo", location: "northeurope" };
  const subnet = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s";

  it.for([
    [
      "authoring where nothing can be trained",
      { location: "swedencentral", authoring: true },
      /cannot be trained in swedencentral.*northeurope/,
    ],
    [
      "one subnet without the other",
      { privateNetwork: true, existingAppSubnetId: subnet },
      /given together or not at all/,
    ],
    [
      "a subnet without a private network",
      { existingAppSubnetId: subnet, existingEndpointSubnetId: subnet },
      /need privateNetwork=true/,
    ],
    ["addresses let in without a private network", { outsideCidrs: ["203.0.113.7"] }, /need privateNetwork=true/],
    [
      "a name where an id is expected",
      { existingLanguageAccountId: "cog-ta-contoso" },
      /existingLanguageAccountId: expected \/subscriptions\/.*accounts\/<name>, found cog-ta-contoso/,
    ],
    [
      "the id of another type",
      { existingStorageAccountId: "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/accounts/a" },
      /existingStorageAccountId: expected/,
    ],
    [
      "DNS zones without a private network",
      { existingDnsZoneGroupId: "/subscriptions/0/resourceGroups/rg" },
      /need privateNetwork=true/,
    ],
  ] as const)("%s", async ([, wrong, words], context) => {
    const parameters = { ...least, ...wrong };
    await expect(predict(compiler(context), { template: "infra/main.bicep", parameters })).rejects.toThrow(words);
  });

  it("a region written as the portal shows it is no wrong one", async (context) => {
    const parameters = { ...least, location: "North Europe", authoring: true };
    const { diagnostics } = await predict(compiler(context), { template: "infra/main.bicep", parameters });
    expect(diagnostics).toEqual([]);
  });
});

function values(properties: Resource["properties"], ...path: string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], properties);
}

function matches(properties: Resource["properties"], subject: string): boolean {
  const { subjectBeginsWith, subjectEndsWith } = values(properties, "filter") as Record<string, string>;
  return subject.startsWith(String(subjectBeginsWith)) && subject.endsWith(String(subjectEndsWith));
}
