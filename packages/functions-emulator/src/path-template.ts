import { randomUUID } from "node:crypto";
import { StartError } from "./violations.ts";

type Token = { literal: string } | { parameter: string };

/** `{name}` is a parameter, `{{` and `}}` are literal braces (`BindingTemplateParser.cs` of the WebJobs SDK). */
function tokenize(template: string, where: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;
  for (const match of template.matchAll(pattern)) {
    const [text, parameter] = match;
    if (text === "{{" || text === "}}") tokens.push({ literal: text.slice(1) });
    else if (parameter !== undefined && parameter !== "") tokens.push({ parameter });
    else if (/[{}]/.test(text)) throw new StartError(`${where}: "${template}" has a brace without its partner.`);
    else tokens.push({ literal: text });
  }
  return tokens;
}

/**
 * A path that a trigger watches: a container and a pattern of blob names. The container is compared without regard to
 * case; the name must match as a whole, each parameter takes as much as it can (also slashes), and a path without a
 * name stands for every blob of the container.
 */
export class PathPattern {
  readonly container: string;
  readonly #names: string[];
  readonly #expression: RegExp | undefined;

  /** @throws StartError when the path is not one that Azure accepts. */
  constructor(path: string, where: string) {
    const slash = path.indexOf("/");
    this.container = (slash < 0 ? path : path.slice(0, slash)).toLowerCase();
    const name = slash < 0 ? "" : path.slice(slash + 1);
    if (!/^(\$root|\$logs|\$web|[a-z0-9](-?[a-z0-9])+)$/.test(this.container) || this.container.length < 3) {
      throw new StartError(
        `${where}: "${this.container}" is not a container name (3 to 63 lower-case letters, digits, single hyphens).`,
      );
    }
    const tokens = tokenize(name, where);
    this.#names = tokens.flatMap((token) => ("parameter" in token ? [token.parameter] : []));
    const invalid = this.#names.find((each) => !/^[a-z_]\w*$/i.test(each));
    if (invalid !== undefined) {
      throw new StartError(
        `${where}: {${invalid}} in "${path}" is not a name; a trigger's path takes plain names only.`,
      );
    }
    const source = tokens.map((token) => ("parameter" in token ? "(.*)" : escapeExpression(token.literal))).join("");
    this.#expression = name === "" ? undefined : new RegExp(`^${source}$`, "s");
  }

  /** The values of the path's parameters, or undefined when the blob is not one of this path. */
  match(container: string, blobName: string): Record<string, string> | undefined {
    if (container.toLowerCase() !== this.container) return undefined;
    if (this.#expression === undefined) return {};
    const match = this.#expression.exec(blobName);
    if (match === null) return undefined;
    return Object.fromEntries(this.#names.map((name, index) => [name, match[index + 1] ?? ""]));
  }
}

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * A text with parameters that is filled in for each invocation, such as an output binding's path.
 *
 * Besides the values of the trigger it knows `{rand-guid}`, `{sys.randguid}`, `{datetime}`, `{sys.utcnow}` and
 * `{sys.methodname}`. A dotted name reads a member of a value. Formats after a colon are those of .NET; of these only the
 * absence of one is supported.
 */
export class Template {
  readonly #text: string;
  readonly #where: string;
  readonly #tokens: Token[];

  /** @throws StartError when braces do not pair or a format is asked for. */
  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
    this.#tokens = tokenize(text, where);
    const format = this.#tokens.find((token) => "parameter" in token && token.parameter.includes(":"));
    if (format !== undefined)
      throw new StartError(`${where}: "${text}" uses a format, which this host does not support.`);
  }

  /** @throws Error when a parameter has no value. */
  render(values: Readonly<Record<string, unknown>>, system: { now: number; functionName: string }): string {
    const known: Record<string, unknown> = {
      "rand-guid": randomUUID(),
      "sys.randguid": randomUUID(),
      datetime: new Date(system.now).toISOString().replace(/\.\d+Z$/, "Z"),
      "sys.utcnow": new Date(system.now).toISOString(),
      "sys.methodname": system.functionName,
    };
    return this.#tokens
      .map((token) => {
        if ("literal" in token) return token.literal;
        const value = lookUp(values, token.parameter) ?? known[token.parameter.toLowerCase()];
        if (value !== undefined && value !== null)
          return typeof value === "object" ? JSON.stringify(value) : String(value);
        const names = Object.keys(values).join(", ") || "none";
        throw new Error(`${this.#where}: {${token.parameter}} in "${this.#text}" has no value (known: ${names}).`);
      })
      .join("");
  }
}

function lookUp(values: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split(".").reduce<unknown>((value, segment) => {
    if (typeof value !== "object" || value === null) return undefined;
    const name = Object.keys(value).find((each) => each.toLowerCase() === segment.toLowerCase());
    return name === undefined ? undefined : (value as Record<string, unknown>)[name];
  }, values);
}
