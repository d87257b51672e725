import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Compiler } from "../../../scripts/bicep/compiler.ts";
import { ROOT } from "../bicep-file.ts";
import type { ParameterSet } from "./parameter-sets.ts";

/** Where the deployments are imagined, so that every machine predicts the same. */
export const SUBSCRIPTION_ID = "11111111-1111-1111-1111-111111111111";
const PLACE = {
  tenantId: "22222222-2222-2222-2222-222222222222",
  subscriptionId: SUBSCRIPTION_ID,
  location: "northeurope",
  deploymentName: "language-batch",
};
const GROUP = "rg-demo";

/** A resource as it will be asked of Azure; what only Azure knows stays an expression in square brackets. */
export type Resource = z.infer<typeof resource>;
const resource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  location: z.string().optional(),
  condition: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

export type Prediction = z.infer<typeof prediction>;
const prediction = z.object({
  predictedResources: z.array(resource),
  diagnostics: z.array(z.unknown()),
  outputs: z.record(z.string(), z.unknown()).default({}),
});

/** The templates of each compiler as ARM templates: to compile one takes much longer than to predict what it makes. */
const compiledBy = new WeakMap<Compiler, Map<string, Promise<string>>>();

/** Compiles a template at its first prediction. @throws Error with what the compiler says */
function compiled(compiler: Compiler, template: string): Promise<string> {
  const known = compiledBy.get(compiler) ?? new Map<string, Promise<string>>();
  compiledBy.set(compiler, known);
  const compile = async (): Promise<string> => {
    const { template: found, diagnostics } = await compiler.compile(join(ROOT, template));
    if (found === undefined) throw new Error(diagnostics.join("\n"));
    return found;
  };
  const asked = known.get(template) ?? compile();
  known.set(template, asked);
  return asked;
}

/** What a template makes of a set of parameters, told by the compiler. Throws where the template refuses them. */
export async function predict(
  compiler: Compiler,
  { template, parameters }: Pick<ParameterSet, "template" | "parameters">,
): Promise<Prediction> {
  // Never beside main.bicep, where azd would take it in place of main.parameters.json.
  const parent = join(ROOT, "node_modules/.cache/language-batch");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "predict-"));
  try {
    const lines = [
      "using 'template.json'",
      "var given = loadJsonContent('given.json')",
      ...Object.keys(parameters).map((name) => `param ${name} = given.${name}`),
    ];
    await writeFile(join(folder, "template.json"), await compiled(compiler, template));
    await writeFile(join(folder, "given.json"), JSON.stringify(parameters));
    await writeFile(join(folder, "set.bicepparam"), `${lines.join("\n")}\n`);
    const place = template === "infra/main.bicep" ? PLACE : { ...PLACE, resourceGroup: GROUP };
    return prediction.parse(JSON.parse(await compiler.predict(join(folder, "set.bicepparam"), place)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
