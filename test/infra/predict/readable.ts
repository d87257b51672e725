import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { ROOT } from "../bicep-file.ts";
import { inPublicCloud } from "./name-rules.ts";
import type { ParameterSet } from "./parameter-sets.ts";
import { type Prediction, type Resource, SUBSCRIPTION_ID } from "./predict.ts";
import { roleAssignment } from "./role-assignment.ts";

const roles = JSON.parse(readFileSync(join(ROOT, "infra/roles.json"), "utf8")) as Record<string, string>;

const LEGEND = `# What the compiler predicts, for review: a change here is a change of what is deployed. npm run predictions renews it.
# «name» is what Azure says of that resource at deployment; ~ is the subscription. Left out: versions of APIs, tags that
# are those of all, names of role assignments (a GUID of scope, principal and role), the pages of the workbook.`;

/** A prediction as a page that a person can review: one block for each resource, in order of their declaration. */
export function readable({ about, template, parameters }: ParameterSet, prediction: Prediction): string {
  const common = prediction.predictedResources[0]?.tags;
  const page = {
    parameters,
    resources: prediction.predictedResources.map((resource) => block(resource, common)),
    outputs: Object.fromEntries(Object.entries(prediction.outputs).sort(([one], [other]) => one.localeCompare(other))),
  };
  const text = stringify(page, replacer, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${about} (${template})\n${LEGEND}\n${text}`;
}

function block(resource: Resource, common: Resource["tags"]): object {
  const { id, type, name, apiVersion, tags, properties, ...rest } = resource;
  const role = roleAssignment(resource);
  if (role !== undefined) {
    const roleName = Object.entries(roles).find(([, guid]) => guid === role.roleId)?.[0] ?? role.roleId;
    return { role: roleName, of: role.principal, kind: role.principalType ?? "looked up by Azure", on: role.scope };
  }
  return {
    [type]: inPublicCloud(name),
    ...(id.includes("/providers/Microsoft.Insights/diagnosticSettings/")
      ? { of: id.split("/providers/Microsoft.Insights/")[0] }
      : {}),
    ...rest,
    ...(JSON.stringify(tags) === JSON.stringify(common) ? {} : { tags }),
    ...(type === "Microsoft.Insights/workbooks" ? { ...properties, serializedData: pagesOf(properties) } : properties),
  };
}

function pagesOf({ serializedData }: Resource["properties"]): unknown {
  const { items } = JSON.parse(String(serializedData)) as { items: { name: string }[] };
  return items.map(({ name }) => name);
}

function replacer(key: unknown, value: unknown): unknown {
  if (typeof value === "string") return shortened(value);
  if (value === null || typeof value !== "object" || Array.isArray(value) || key === "parameters") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [shortened(name), inner]));
}

function shortened(text: string): string {
  return text
    .replace(/reference\('[^']*?\/([^/']+)', '[\d-]+'(?:, 'full')?\)/g, "«$1»")
    .replaceAll(`/subscriptions/${SUBSCRIPTION_ID}/`, "~/");
}
