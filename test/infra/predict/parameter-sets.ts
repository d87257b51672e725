import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { ROOT } from "../bicep-file.ts";
import { filledByAzd } from "./azd.ts";

/** One way of deploying, whose resources are predicted. */
export interface ParameterSet {
  name: string;
  /** What a reader of its prediction should know. */
  about: string;
  template: "infra/main.bicep" | "infra/resources.bicep" | "infra/event-subscription.bicep";
  parameters: Readonly<Record<string, unknown>>;
}

const OTHER_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-network";
const DEPLOYER = "33333333-3333-3333-3333-333333333333";
const least = { environmentName: "demo", location: "northeurope" };
const azd = { AZURE_ENV_NAME: "demo", AZURE_LOCATION: "northeurope" };
const azdDeployer = { principalId: DEPLOYER, principalType: "User" };
const main = "infra/main.bicep";

const exampleFile = z.object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })) });
const examples = globSync("infra/examples/*.parameters.json", { cwd: ROOT })
  .sort()
  .map((path): ParameterSet => {
    const { parameters } = exampleFile.parse(JSON.parse(readFileSync(join(ROOT, path), "utf8")));
    const name = `example-${basename(path, ".parameters.json")}`;
    const values = Object.fromEntries(Object.entries(parameters).map(([key, { value }]) => [key, value]));
    return { name, about: path, template: main, parameters: values };
  });

/** Every variable that infra/main.parameters.json names, set to something that is not its default. */
const everyVariable = {
  AZURE_RESOURCE_GROUP_NAME: "rg-all",
  LOCAL_DEVELOPMENT: "true",
  APP_NODE_VERSION: "24",
  STORAGE_SKU: "Standard_LRS",
  LANGUAGE_SKU: "F0",
  AUTHORING: "true",
  NATIVE_DOCUMENTS: "true",
  LANGUAGE_STORAGE_LINK: "true",
  PRIVATE_NETWORK: "true",
  DURABLE_BACKEND: "DurableTaskScheduler",
  SCHEDULER_LOCATION: "uksouth",
  ALWAYS_READY_INSTANCES: "2",
  ALERT_EMAIL: "operators@example.com",
  ALERT_TEXT_RECORDS_PER_DAY: "5000",
  EXISTING_STORAGE_ACCOUNT_ID: `${OTHER_GROUP}/providers/Microsoft.Storage/storageAccounts/stcontoso`,
  EXISTING_LANGUAGE_ACCOUNT_ID: `${OTHER_GROUP}/providers/Microsoft.CognitiveServices/accounts/cog-ta-contoso`,
  EXISTING_SYSTEM_TOPIC_ID: `${OTHER_GROUP}/providers/Microsoft.EventGrid/systemTopics/evgst-contoso`,
};
const everyVariableEmpty = Object.fromEntries(Object.keys(everyVariable).map((name) => [name, ""]));

const subscriptionParameters = {
  functionAppName: "func-demo",
  systemTopicId: `${OTHER_GROUP}/providers/Microsoft.EventGrid/systemTopics/evgst-demo`,
  storageAccountId: `${OTHER_GROUP}/providers/Microsoft.Storage/storageAccounts/stdemo`,
};

export const PARAMETER_SETS: readonly ParameterSet[] = [
  ...examples,
  {
    name: "azd-nothing-set",
    about: "azd up with nothing set: infra/main.parameters.json as azd fills it in",
    template: main,
    parameters: filledByAzd(azd, azdDeployer),
  },
  {
    name: "azd-everything-empty",
    about: "azd, where a pipeline hands on every variable, empty: the same as nothing set",
    template: main,
    parameters: filledByAzd({ ...azd, ...everyVariableEmpty }, azdDeployer),
  },
  {
    name: "azd-everything-set",
    about: "azd, with every variable set",
    template: main,
    parameters: filledByAzd({ ...azd, ...everyVariable }, { principalId: DEPLOYER, principalType: "ServicePrincipal" }),
  },
  {
    name: "nobody-but-the-app",
    about: "az with the two parameters that are needed, and nobody who may drop documents",
    template: main,
    parameters: { ...least, principalId: "" },
  },
  {
    name: "authoring",
    about: "az with authoring",
    template: main,
    parameters: { ...least, authoring: true },
  },
  {
    name: "authoring-off-again",
    about: "authoring switched off after it was on: the link of the Language account stays",
    template: main,
    parameters: { ...least, languageStorageLink: true },
  },
  {
    name: "several-language-accounts",
    about:
      "private, with two more Language accounts that are made and one that is there already; they read native documents",
    template: main,
    parameters: {
      ...least,
      privateNetwork: true,
      nativeDocuments: true,
      moreLanguageLocations: ["northeurope", "westeurope"],
      moreLanguageAccountIds: [`${OTHER_GROUP}/providers/Microsoft.CognitiveServices/accounts/cog-ta-contoso`],
    },
  },
  {
    name: "own-network",
    about: "private, in a network and with DNS zones that are there already, and tried from one address outside",
    template: main,
    parameters: {
      ...least,
      privateNetwork: true,
      outsideCidrs: ["203.0.113.7/32", "198.51.100.0/24"],
      existingAppSubnetId: `${OTHER_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub/subnets/functions`,
      existingEndpointSubnetId: `${OTHER_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub/subnets/endpoints`,
      existingDnsZoneGroupId: OTHER_GROUP.replace("rg-network", "rg-dns"),
    },
  },
  {
    name: "longest-environment-name",
    about: "the longest name of an environment, with all that is named after it",
    template: main,
    parameters: {
      ...least,
      environmentName: `Env-${"x".repeat(57)}(1)`.padEnd(64, "y"),
      authoring: true,
      privateNetwork: true,
      durableBackend: "DurableTaskScheduler",
      storageDefender: true,
      alertEmail: "operators@example.com",
      alertTextRecordsPerDay: 1,
    },
  },
  {
    name: "resource-group",
    about: "resources.bicep alone, into a group that is there already",
    template: "infra/resources.bicep",
    parameters: { environmentName: "demo" },
  },
  {
    name: "event-subscription",
    about: "the second phase",
    template: "infra/event-subscription.bicep",
    parameters: subscriptionParameters,
  },
  {
    name: "event-subscription-authoring",
    about: "the second phase, with authoring",
    template: "infra/event-subscription.bicep",
    parameters: { ...subscriptionParameters, authoring: true },
  },
];

/** The set of that name. */
export function parameterSet(name: string): ParameterSet {
  const found = PARAMETER_SETS.find((set) => set.name === name);
  if (found === undefined) throw new Error(`no parameter set ${name}`);
  return found;
}
