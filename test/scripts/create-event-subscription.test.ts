import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { ROOT } from "../infra/bicep-file.ts";
import { toolForTests } from "./tool-for-tests.ts";

interface Shell {
  name: string;
  /** Runs the script; the program by its full path, so that a PATH without az still finds it. */
  command: readonly string[];
  /** How it says that a variable is to be set. */
  set: string;
  available: (context: Pick<TestContext, "skip">) => void;
}

/** Where a program is, or its bare name where there is none. */
const whereIs = (program: string) =>
  spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim() || program;

const PWSH_HINT = "dotnet tool install --global PowerShell";
const SHELLS: Shell[] = [
  {
    name: "sh",
    command: [whereIs("sh"), join(ROOT, "scripts/create-event-subscription.sh")],
    set: "export it",
    available: toolForTests(["sh", "-c", "exit"], "this machine has no POSIX shell"),
  },
  {
    name: "pwsh",
    command: [
      whereIs("pwsh"),
      "-NoProfile",
      "-NonInteractive",
      "-File",
      join(ROOT, "scripts/create-event-subscription.ps1"),
    ],
    set: "set it",
    available: toolForTests(["pwsh", "-NoProfile", "-Command", "exit"], PWSH_HINT),
  },
];

/** A shell finds where PowerShell keeps its things through these. */
const HOME = {
  HOME: process.env.HOME ?? tmpdir(),
  // Without it PowerShell needs the machine's ICU library, which a small container may lack.
  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1",
  POWERSHELL_TELEMETRY_OPTOUT: "1",
};
const SETTINGS = {
  AZURE_RESOURCE_GROUP: "rg-example",
  AZURE_FUNCTION_APP_NAME: "func-example",
  AZURE_SUBSCRIPTION_ID: "11111111-1111-4111-8111-111111111111",
  EVENTGRID_SYSTEM_TOPIC_ID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/systemTopics/t",
  AZURE_STORAGE_ACCOUNT_ID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
  EXTENSION_KEY_PAUSE_SECONDS: "0",
  EXTENSION_KEY_ATTEMPTS: "4",
};

/** An `az` that notes its arguments, says where the key is from the n-th look on, and deploys from the n-th try on. */
const AZ = `#!/bin/sh
printf '%s\\n' "$*" >>"$LOG"
count() { grep -c "^$1" "$LOG"; }
case "$*" in
  "account show --output none") [ "\${SIGNED_IN:-yes}" = yes ] ;;
  "account show --query id"*) echo 22222222-2222-4222-8222-222222222222 ;;
  "functionapp keys list"*) [ "\${MAY_LIST:-yes}" = yes ] || { echo 'AuthorizationFailed' >&2; exit 3; }; if [ "$(count 'functionapp keys')" -ge "\${KEY_FROM:-1}" ]; then echo true; else echo false; fi ;;
  "deployment group create"*) [ "$(count 'deployment group')" -ge "\${DEPLOYS_FROM:-1}" ] || { echo 'handshake failed' >&2; exit 1; } ;;
esac
`;

let folder = "";
const log = () => join(folder, "az.log");
const calls = () => (existsSync(log()) ? readFileSync(log(), "utf8").trim().split("\n") : []);

function start([program = "", ...args]: readonly string[], settings: Record<string, string>) {
  const env = { ...HOME, PATH: `${folder}${delimiter}${process.env.PATH}`, LOG: log(), ...settings };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", cwd: tmpdir() });
  return { status, stdout, stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "az-"));
  writeFileSync(join(folder, "az"), AZ);
  chmodSync(join(folder, "az"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a failure tells, whole: the reason, then a line for each thing to do. */
const told = (reason: string, lines: readonly string[]) =>
  ["", `The event subscription was not created: ${reason}`, ...lines.map((line) => `  ${line}`), ""].join("\n");

const NO_KEY = [
  "It appears when the host has loaded a blob trigger with source EventGrid. Usual causes:",
  "- the code is not deployed yet: azd deploy, or az functionapp deployment source config-zip;",
  "- the app does not start: https://func-example.azurewebsites.net/api/health, or the log stream in the portal;",
  "- you may not list keys: your role needs Microsoft.Web/sites/host/listkeys/action on the app.",
];
const NOT_DEPLOYED = [
  "- 'Webhook validation handshake failed': the app did not answer; open its /api/health and look at its logs.",
  "  Where inbound calls are limited, the service tag AzureEventGrid must be let in (parameter inboundCidrs does).",
  "- A topic for this storage account exists already: give it as parameter existingSystemTopicId and provision again.",
  "- An authorization error on the dead letters: roles take some minutes to work; wait and run this again.",
];

describe.runIf(process.platform !== "win32").each(SHELLS)("create-event-subscription in $name", (shell) => {
  const run = (settings: Record<string, string>) => start(shell.command, settings);
  beforeEach((context) => shell.available(context));

  it("deploys the template with the names of this deployment", () => {
    const { status, stdout, stderr } = run({ ...SETTINGS, INPUT_CONTAINER_NAME: "inbox", AUTHORING_ENABLED: "true" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("blobs of inbox to func-example");
    const deployment = calls().at(-1) ?? "";
    expect(deployment).toMatch(/--template-file \S*infra\/event-subscription\.bicep/);
    expect(deployment).toContain(`--subscription ${SETTINGS.AZURE_SUBSCRIPTION_ID}`);
    expect(deployment).toContain("functionAppName=func-example");
    expect(deployment).toContain(`systemTopicId=${SETTINGS.EVENTGRID_SYSTEM_TOPIC_ID}`);
    expect(deployment).toContain(
      "inputContainerName=inbox projectsContainerName=projects deadLetterContainerName=deadletter authoring=true",
    );
  });

  it("takes the subscription of the sign-in where none is named", () => {
    expect(run({ ...SETTINGS, AZURE_SUBSCRIPTION_ID: "" }).status).toBe(0);
    expect(calls().at(-1)).toContain("--subscription 22222222-2222-4222-8222-222222222222");
  });

  it("can be run again", () => {
    expect(run(SETTINGS).status).toBe(0);
    expect(run(SETTINGS).status).toBe(0);
    expect(calls().filter((call) => call.startsWith("deployment group create"))).toHaveLength(2);
  });

  it("waits until the app has its key, and never asks for the key itself", () => {
    const { status } = run({ ...SETTINGS, KEY_FROM: "3" });
    expect(status).toBe(0);
    const looks = calls().filter((call) => call.startsWith("functionapp keys list"));
    expect(looks).toHaveLength(3);
    for (const look of looks) expect(look).toContain("--query contains(keys(systemKeys), 'blobs_extension')");
  });

  it("tries again when the app did not answer the handshake", () => {
    const { status, stdout } = run({ ...SETTINGS, DEPLOYS_FROM: "3" });
    expect(status).toBe(0);
    expect(stdout).toContain("3 of 3");
  });

  it.each([
    ["the key does not come", { KEY_FROM: "9" }],
    ["it may not list keys", { MAY_LIST: "no" }],
  ])("gives up when %s, deploys nothing, and says why that may be", (_title, settings) => {
    const { status, stderr } = run({ ...SETTINGS, ...settings });
    expect(status).toBe(1);
    expect(stderr).toBe(told("the app has no key blobs_extension after 4 looks.", NO_KEY));
    expect(calls().some((call) => call.startsWith("deployment"))).toBe(false);
  });

  it("gives up after three deployments that failed, with their message and what helps", () => {
    const { status, stderr } = run({ ...SETTINGS, DEPLOYS_FROM: "4" });
    expect(status).toBe(1);
    const messages = "handshake failed\n".repeat(3);
    const reason = "the deployment failed 3 times; the last message stands above.";
    expect(stderr).toBe(`${messages}${told(reason, NOT_DEPLOYED)}`);
  });

  it.each(["AZURE_RESOURCE_GROUP", "AZURE_FUNCTION_APP_NAME", "EVENTGRID_SYSTEM_TOPIC_ID", "AZURE_STORAGE_ACCOUNT_ID"])(
    "names %s when it is missing, and where it comes from",
    (name) => {
      const { status, stderr } = run({ ...SETTINGS, [name]: "" });
      expect(status).toBe(1);
      const from = `azd sets it from the outputs of infra/main.bicep; by hand, ${shell.set} before you run this script.`;
      const seen =
        "Seen at the end of a deployment: az deployment sub show --name <deployment> --query properties.outputs";
      expect(stderr).toBe(told(`${name} is not set.`, [from, seen]));
      expect(calls()).toEqual(["account show --output none"]);
    },
  );

  it("says when az is not signed in, which azd does not do for it", () => {
    const { status, stderr } = run({ ...SETTINGS, SIGNED_IN: "no" });
    expect(status).toBe(1);
    const help = "Run az login (azd and az keep separate sign-ins), then azd hooks run postdeploy.";
    expect(stderr).toBe(told("az is not signed in.", [help]));
  });

  it("says when there is no az, and where to have it", () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    // PowerShell as a .NET tool is started by dotnet.
    symlinkSync(whereIs("dotnet"), join(bare, "dotnet"));
    const { status, stderr } = run({ ...SETTINGS, PATH: bare });
    expect(status).toBe(1);
    const help = "Install it: https://learn.microsoft.com/cli/azure/install-azure-cli";
    expect(stderr).toBe(told("the Azure CLI (az) is not on the PATH.", [help]));
  });
});
