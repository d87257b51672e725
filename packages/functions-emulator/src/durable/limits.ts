/**
 * The most bytes of UTF-8 that travel in a queue message of the Azure Storage backend; more is compressed into a blob
 * and costs a round trip each time (Microsoft Learn, "Azure Storage provider": 45 KB).
 */
export const maximumPayloadBytes = 45 * 1024;

/** The most bytes of UTF-16 in a custom status (`SetCustomStatus` of the extension: 16 KB); more fails the orchestration. */
export const maximumCustomStatusBytes = 16 * 1024;

type Problem = { code: "oversized-payload" | "not-json"; message: string };

/**
 * The JSON text of a value that is about to leave a function, undefined for no value. What Azure would let through
 * changed or at a price is reported; for what cannot be written as JSON at all, an error (`not-json`) is returned.
 *
 * @param what the value in words, at the head of messages.
 */
export function checkPayload(
  what: string,
  value: unknown,
  report: (problem: Problem) => void,
): string | undefined | Error {
  const lost = notJson(value, what);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    return new Error(`${lost ?? what}: it cannot be written as JSON.`);
  }
  if (lost !== undefined) report({ code: "not-json", message: `${lost}.` });
  const large = text === undefined ? undefined : oversized(what, text);
  if (large !== undefined) report({ code: "oversized-payload", message: large });
  return text;
}

/** What is wrong with the size of a payload, in words; undefined if nothing is. */
export function oversized(what: string, json: string): string | undefined {
  if (json.length <= maximumPayloadBytes / 3) return undefined; // no character takes more than three bytes of UTF-8
  const bytes = Buffer.byteLength(json);
  if (bytes <= maximumPayloadBytes) return undefined;
  return `${what} has ${bytes} bytes of JSON, and Durable's messages hold ${maximumPayloadBytes}: pass a reference to a blob.`;
}

/** The first value within `value` that JSON would change, drop or refuse, in words; undefined if there is none. */
export function notJson(value: unknown, path = "the value", ancestors: object[] = []): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : `${path} is ${value}, which arrives as null`;
    case "object":
      return value === null ? undefined : notJsonObject(value, path, ancestors);
    case "bigint":
      return `${path} is a BigInt, which JSON refuses`;
    default:
      return `${path} is a ${typeof value}, which JSON drops`;
  }
}

function notJsonObject(value: object, path: string, ancestors: object[]): string | undefined {
  if (ancestors.includes(value)) return `${path} contains itself, which JSON refuses`;
  const inner = [...ancestors, value];
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      const found = entry === undefined ? `${path}[${index}] is undefined, which arrives as null` : undefined;
      const problem = found ?? notJson(entry, `${path}[${index}]`, inner);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isPlain(value)) return `${path} is an object of class ${value.constructor.name}, and arrives without its class`;
  for (const [key, entry] of Object.entries(value)) {
    const problem = notJson(entry, `${path}.${key}`, inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // also the plain objects of another realm
}

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
