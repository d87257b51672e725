import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../infra/bicep-file.ts";

const SHELLS = [
  ["sh", ["sh", join(ROOT, "scripts/create-event-subscription.sh")]],
  ["pwsh", ["pwsh", "-NoProfile", "-NonInteractive", "-File", join(ROOT, "scripts/create-event-subscription.ps1")]],
] as const;

/** A shell finds where PowerShell keeps its things through these. */
const HOME = { HOME: process.env.HOME ?? tmpdir() };
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
  "functionapp keys list"*) if [ "$(count 'functionapp keys')" -ge "\${KEY_FROM:-1}" ]; then echo true; else echo false; fi ;;
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

const present = SHELLS.filter(([shell]) => {
  const found = process.platform !== "win32" && spawnSync(shell, ["-c", "exit"]).status === 0;
  if (!found) console.warn(`create-event-subscription was not run in ${shell}, which is not on the PATH`);
  return found;
});

describe.each(present)("create-event-subscription in %s", (_shell, command) => {
  const run = (settings: Record<string, string>) => start(command, settings);

  it("deploys the template with the names of this deployment", () => {
    const { status, stdout } = run({ ...SETTINGS, INPUT_CONTAINER_NAME: "inbox", AUTHORING_ENABLED: "true" });
    expect(status).toBe(0);
    expect(stdout).toContain("blobs of inbox to func-example");
    const deployment = calls().at(-1) ?? "";
    expect(deployment).toMatch(/--template-file \S*infra\/event-subscription\.bicep/);
    expect(deployment).toContain("functionAppName=func-example");
    expect(deployment).toContain(`systemTopicId=${SETTINGS.EVENTGRID_SYSTEM_TOPIC_ID}`);
    expect(deployment).toContain(
      "inputContainerName=inbox projectsContainerName=projects deadLetterContainerName=deadletter authoring=true",
    );
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

  it("gives up when the key does not come, and says why that may be", () => {
    const { status, stderr } = run({ ...SETTINGS, KEY_FROM: "9" });
    expect(status).toBe(1);
    expect(stderr).toContain("no key blobs_extension after 4 looks");
    expect(stderr).toContain("the code is not deployed yet");
    expect(calls().some((call) => call.startsWith("deployment"))).toBe(false);
  });

  it("tries again when the app did not answer the handshake", () => {
    const { status, stdout } = run({ ...SETTINGS, DEPLOYS_FROM: "3" });
    expect(status).toBe(0);
    expect(stdout).toContain("3 of 3");
  });

  it("gives up after three deployments that failed, and says what helps", () => {
    const { status, stderr } = run({ ...SETTINGS, DEPLOYS_FROM: "4" });
    expect(status).toBe(1);
    expect(stderr).toContain("handshake failed");
    expect(stderr).toContain("existingSystemTopicId");
  });

  it.each(["AZURE_RESOURCE_GROUP", "AZURE_FUNCTION_APP_NAME", "EVENTGRID_SYSTEM_TOPIC_ID", "AZURE_STORAGE_ACCOUNT_ID"])(
    "names %s when it is missing",
    (name) => {
      const { status, stderr } = run({ ...SETTINGS, [name]: "" });
      expect(status).toBe(1);
      expect(stderr).toContain(`${name} is not set`);
    },
  );

  it("says when az is not signed in, which azd does not do for it", () => {
    const { status, stderr } = run({ ...SETTINGS, SIGNED_IN: "no" });
    expect(status).toBe(1);
    expect(stderr).toContain("az login");
  });
});
