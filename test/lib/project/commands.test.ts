import { describe, expect, it } from "vitest";
import { parseCommand } from "../../../src/lib/project/commands.ts";

describe("a command", () => {
  it.each<[Parameters<typeof parseCommand>[0], string, object]>([
    ["train", "", { action: "train" }],
    ["train", '{"modelLabel":"m1"}', { action: "train", modelLabel: "m1" }],
    ["deploy", "{}", { action: "deploy" }],
    [
      "deploy",
      '{"deploymentName":"canary","ignoreThresholds":true}',
      { action: "deploy", deploymentName: "canary", ignoreThresholds: true },
    ],
    ["delete", '{"code":"key"}', { action: "delete" }],
    ["delete", '{"model":"m1"}', { action: "delete", only: { model: "m1" } }],
  ])("to %s is read from %j", (action, text, command) => {
    expect(parseCommand(action, text)).toEqual(command);
  });

  it.each<[Parameters<typeof parseCommand>[0], string, RegExp]>([
    ["train", "{", /the body/],
    ["train", '{"modellabel":"m"}', /modellabel.*modelLabel/],
    ["train", `${"[".repeat(20_000)}${"]".repeat(20_000)}`, /the body/],
    ["deploy", '{"modelLabel":"a b"}', /modelLabel: found "a b"/],
    ["deploy", '{"ignoreThresholds":"yes"}', /true or false/],
  ])("to %s is refused for %j", (action, text, message) => {
    expect(parseCommand(action, text)).toMatchObject({
      problem: { code: "InvalidOptions", message: expect.stringMatching(message) },
    });
  });
});
