import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportLines } from "../../scripts/outputs.ts";
import { ROOT, readBicep } from "../infra/bicep-file.ts";

const AWKWARD = `it's $(touch /nowhere) \`id\` "x" $HOME; exit 3`;

/** As Azure answers: with the case of the names changed. */
const outputs = (values: Record<string, unknown>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        `${name.slice(0, 5).toLowerCase()}${name.slice(5)}`,
        { type: "String", value },
      ]),
    ),
  );

describe("npm run outputs", () => {
  const run = (input: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/outputs.ts"), ...args], {
      input,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("gives every output of the templates the name that the scripts read, whatever case Azure answers in", () => {
    const names = [...readBicep("infra/main.bicep").outputs.keys()];
    const { status, stdout } = run(outputs(Object.fromEntries(names.map((name) => [name, "x"]))));
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(names.map((name) => `export ${name}='x'`));
  });

  it.runIf(process.platform !== "win32")("hands values to the shell as they are, carried out by nobody", () => {
    const lines = exportLines(outputs({ AZURE_FUNCTION_APP_NAME: AWKWARD, AUTHORING_ENABLED: true }), "sh");
    const script = `${lines.join("\n")}\nprintf '%s|%s' "$AZURE_FUNCTION_APP_NAME" "$AUTHORING_ENABLED"`;
    const { status, stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${AWKWARD}|true` });
  });

  it("gives a list as its entries with spaces between", () => {
    const endpoints = ["https://one.example/", "https://two.example/"];
    expect(exportLines(outputs({ MORE_LANGUAGE_ENDPOINTS: endpoints }), "sh")).toEqual([
      "export MORE_LANGUAGE_ENDPOINTS='https://one.example/ https://two.example/'",
    ]);
  });

  it("quotes for PowerShell too", () => {
    expect(exportLines(outputs({ AZURE_LOCATION: "it's" }), "pwsh")).toEqual(["$env:AZURE_LOCATION = 'it''s'"]);
  });

  it.each([
    ["nothing, as az prints when there is no such deployment", ""],
    ["null, as az prints when the deployment failed", "null"],
    ["a name that is none", '{"A; exit": {"value": "x"}}'],
  ])("refuses %s", (_title, input) => {
    const { status, stdout, stderr } = run(input);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^Expected the outputs of a deployment as JSON, found .*has it succeeded\?\n$/);
  });

  it("refuses another shell", () => {
    expect(run("{}", "fish").stderr).toBe("Expected sh or pwsh, found fish.\n");
  });
});
