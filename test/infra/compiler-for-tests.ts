import { afterAll, type TestContext } from "vitest";
import { type Compiler, startCompiler } from "../../scripts/bicep/compiler.ts";
import { findCompiler } from "../../scripts/bicep/find-compiler.ts";

/**
 * The real compiler, shared by the tests of a file and ended after them. Where there is none a run of CI fails, because
 * it is there to compile; on any other machine the test that asks is skipped, with the reason.
 */
export async function compilerForTests(): Promise<(context: Pick<TestContext, "skip">) => Compiler> {
  const found = await findCompiler();
  if ("reasons" in found) {
    const reason = `no Bicep compiler here: ${found.reasons.join("; ")}`;
    if (process.env.CI) throw new Error(reason);
    console.warn(`The templates are not compiled, ${reason}`);
    return ({ skip }) => skip(reason);
  }
  console.info(`Bicep compiler: ${found.from}, ${found.version}`);
  const compiler = startCompiler(found);
  afterAll(async () => await compiler[Symbol.asyncDispose]());
  return () => compiler;
}
