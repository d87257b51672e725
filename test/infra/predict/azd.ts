import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT, readBicep } from "../bicep-file.ts";

const file = z.object({ parameters: z.record(z.string(), z.object({ value: z.string() })) });
const params = readBicep("infra/main.bicep").params;

/**
 * What azd hands to the deployment: `infra/main.parameters.json` with the environment's variables put in. A fallback
 * stands for a variable that is not set or empty; a text is turned into the number or the truth value that the template
 * asks for, and left out where it is none; an empty text is left out where the template's default is empty too.
 * https://github.com/Azure/azure-dev/blob/main/cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go
 */
export function filledByAzd(
  variables: Readonly<Record<string, string>>,
  deployer: { principalId: string; principalType: string },
): Record<string, unknown> {
  // azd knows itself as whom it deploys.
  const known = {
    ...variables,
    AZURE_PRINCIPAL_ID: deployer.principalId,
    AZURE_PRINCIPAL_TYPE: deployer.principalType,
  };
  const given = file.parse(JSON.parse(readFileSync(join(ROOT, "infra/main.parameters.json"), "utf8"))).parameters;
  const filled = Object.entries(given).map(([name, { value }]) => {
    const text = value.replace(/\$\{(\w+)(?:=([^}]*))?\}/g, (_, variable: keyof typeof known, fallback = "") => {
      return known[variable] || fallback;
    });
    return [name, typed(name, text)] as const;
  });
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function typed(name: string, text: string): unknown {
  const param = params.get(name);
  if (param?.type === "bool") return { true: true, false: false }[text];
  if (param?.type === "int") return /^-?\d+$/.test(text) ? Number(text) : undefined;
  return text === "" && (param?.value === undefined || param.value === "''") ? undefined : text;
}
