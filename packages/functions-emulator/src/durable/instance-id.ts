/** The longest instance id that the extension takes, in characters (`MaxInstanceIdLength` in its `DurableClient.cs`). */
const maximumLength = 256;

/** Why Azure refuses this id for an orchestration; undefined for an id that is fine. */
export function refusedInstanceId(instanceId: string): string | undefined {
  if (instanceId === "") return "An instance id must not be empty.";
  if (instanceId.startsWith("@"))
    return `The instance id "${instanceId}" must not start with @: such ids are entities.`;
  if (/[/\\#?]|\p{Cc}/u.test(instanceId)) {
    return `The instance id ${JSON.stringify(instanceId)} must not contain /, \\, #, ? or control characters.`;
  }
  if (instanceId.length > maximumLength) {
    return `The instance id "${instanceId.slice(0, 40)}…" has ${instanceId.length} characters; ${maximumLength} is the most.`;
  }
  return undefined;
}

/** The id under which an entity is kept: its name in lower case, its key as it is. */
export function entityInstanceId(name: string, key: string): string {
  return `@${name.toLowerCase()}@${key}`;
}

/** The name and the key in an entity's id. */
export function parseEntityInstanceId(instanceId: string): { name: string; key: string } {
  const separator = instanceId.indexOf("@", 1);
  return { name: instanceId.slice(1, separator), key: instanceId.slice(separator + 1) };
}
