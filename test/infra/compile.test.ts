import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./bicep-file.ts";
import { compilerForTests } from "./compiler-for-tests.ts";

const compiler = await compilerForTests();
const files = globSync("infra/**/*.bicep", { cwd: ROOT }).sort();

describe("the real compiler", () => {
  it("sees every template, and every module", () => {
    expect(files).toEqual(expect.arrayContaining(["infra/main.bicep", "infra/modules/storage-account.bicep"]));
  });

  it.for(files)("finds nothing to say about %s", async (file, context) => {
    expect((await compiler(context).compile(join(ROOT, file))).diagnostics).toEqual([]);
  });

  it.for(files)("would format %s as it is", async (file, context) => {
    expect(await compiler(context).isFormatted(join(ROOT, file))).toBe(true);
  });
});
