/**
 * Turns the outputs of a deployment into environment variables, for the commands and scripts that come after it:
 *
 *     eval "$(az deployment sub show --name language-batch --query properties.outputs | npm run --silent outputs)"
 *
 * Azure answers with other upper and lower case than the template has (`azurE_RESOURCE_GROUP`), so that no query can
 * name an output; here they get their names back, which are all upper case.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const outputsSchema = z.record(
  z.string().regex(/^\w+$/),
  z.object({ value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]) }),
);

const SHELLS = ["sh", "pwsh"] as const;
type Shell = (typeof SHELLS)[number];

/**
 * One line for each output that sets and exports it, for `eval` or `Invoke-Expression`; values are quoted, so that
 * nothing in them is carried out. A list becomes its entries with spaces between.
 * @throws Error when the text is not what `az deployment … show --query properties.outputs` prints
 */
export function exportLines(text: string, shell: Shell): string[] {
  const outputs = outputsSchema.safeParse(parsed(text));
  if (!outputs.success) {
    throw new Error(
      `Expected the outputs of a deployment as JSON, found ${JSON.stringify(text.slice(0, 80))}. ` +
        "Does the deployment exist, and has it succeeded?",
    );
  }
  return Object.entries(outputs.data).map(([name, { value: output }]) => {
    const upper = name.toUpperCase();
    const value = Array.isArray(output) ? output.join(" ") : String(output);
    return shell === "sh"
      ? `export ${upper}='${value.replaceAll("'", "'\\''")}'`
      : `$env:${upper} = '${value.replaceAll("'", "''")}'`;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function main(): void {
  const shell = SHELLS.find((name) => name === (process.argv[2] ?? "sh"));
  if (shell === undefined) throw new Error(`Expected sh or pwsh, found ${process.argv[2]}.`);
  for (const line of exportLines(readFileSync(0, "utf8"), shell)) console.log(line);
}

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
