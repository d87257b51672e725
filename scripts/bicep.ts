/**
 * Compiles, lints and checks the format of every Bicep file with a real compiler, wherever one can be had, and says
 * which: `bicep` on the PATH, that of the Azure CLI, or the compiler's NuGet package where the .NET SDK is present.
 *
 *     npm run bicep              every file of infra
 *     npm run bicep -- FILE…     these
 */
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { startCompiler } from "./bicep/compiler.ts";
import { findCompiler } from "./bicep/find-compiler.ts";

const ROOT = resolve(import.meta.dirname, "..");

const found = await findCompiler();
if ("reasons" in found) {
  console.error(`No Bicep compiler:\n${found.reasons.map((reason) => `- ${reason}`).join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`Compiler: ${found.from}, ${found.version}`);
  await using compiler = startCompiler(found);
  const named = process.argv.slice(2);
  for (const file of named.length > 0 ? named : globSync("infra/**/*.bicep", { cwd: ROOT }).sort()) {
    const path = resolve(ROOT, file);
    const { diagnostics } = await compiler.compile(path);
    if (!(await compiler.isFormatted(path))) diagnostics.push(`${file}: bicep format would change it`);
    console.log(`${diagnostics.length === 0 ? "clean" : "FAULTY"}  ${file}`);
    for (const line of diagnostics) console.error(`  ${line}`);
    if (diagnostics.length > 0) process.exitCode = 1;
  }
}
