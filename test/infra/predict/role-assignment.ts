import type { Resource } from "./predict.ts";

/** What a role assignment gives. */
export interface RoleAssignment {
  roleId: string;
  /** An object id, or the resource whose identity it is, as «name» or an expression. */
  principal: string;
  principalType: string | undefined;
  /** Resource id of what it is given on. */
  scope: string;
}

/** The parts of a role assignment; undefined for any other resource. */
export function roleAssignment({ type, id, properties }: Resource): RoleAssignment | undefined {
  if (type !== "Microsoft.Authorization/roleAssignments") return undefined;
  const scope =
    /^\[(?:extensionResourceId|format)\('([^']+)', 'Microsoft\.Authorization\/roleAssignments'/.exec(id)?.[1] ??
    id.split("/providers/Microsoft.Authorization/")[0];
  return {
    roleId: String(properties.roleDefinitionId).split("/").at(-1) ?? "",
    principal: String(properties.principalId),
    principalType: properties.principalType === undefined ? undefined : String(properties.principalType),
    scope: scope ?? id,
  };
}
