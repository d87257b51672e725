import { StartError } from "./violations.ts";

/**
 * The app settings, which are the app's environment. What the host itself looks up (`%SETTING%`, connections, switches)
 * comes from these alone and never from the surrounding shell, so that a run does not depend on the machine. Names are
 * found regardless of case, as the real host finds them.
 */
export class AppSettings {
  readonly #values: Readonly<Record<string, string>>;
  readonly #names: Map<string, string>;

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values;
    this.#names = new Map(Object.keys(values).map((name) => [name.toLowerCase(), name]));
  }

  get(name: string): string | undefined {
    const exact = this.#names.get(name.toLowerCase());
    return exact === undefined ? undefined : this.#values[exact];
  }

  entries(): [string, string][] {
    return Object.entries(this.#values);
  }

  /**
   * Replaces each `%NAME%` by the setting.
   *
   * @param where names the place for the reader of an error, such as `function "intake", binding blobTrigger`.
   * @throws StartError when a setting is missing or a percent sign has no partner.
   */
  substitute(text: string, where: string): string {
    const parts = text.split("%");
    if (parts.length % 2 === 0) {
      throw new StartError(`${where}: "${text}" has a % without a closing one; setting names stand between two.`);
    }
    return parts
      .map((part, index) => {
        if (index % 2 === 0) return part;
        const value = this.get(part);
        if (value === undefined)
          throw new StartError(`${where}: "${text}" needs the app setting ${part}, which is not set.`);
        return value;
      })
      .join("");
  }

  /**
   * The connection string behind a binding's `connection`: the setting of that name, with or without the prefix
   * `AzureWebJobs`. An absent or empty name is `AzureWebJobsStorage`.
   *
   * @throws StartError when there is no such setting, or only its identity form, which needs Azure.
   */
  connectionString(name: string | undefined, where: string): string {
    const base = name === undefined || name === "" ? "Storage" : name;
    const names = [`AzureWebJobs${base}`, base];
    const value = names.map((each) => this.get(each)).find((each) => each !== undefined && each !== "");
    if (value !== undefined) return value;
    const prefixes = names.map((each) => `${each.toLowerCase()}__`);
    if ([...this.#names.keys()].some((each) => prefixes.some((prefix) => each.startsWith(prefix)))) {
      throw new StartError(
        `${where}: connection ${base} is given as an identity; this host needs a connection string.`,
      );
    }
    throw new StartError(`${where}: the connection needs the app setting ${names.join(" or ")}, which is not set.`);
  }
}

/**
 * Puts settings into `process.env`, where the app reads them.
 *
 * @returns a function that puts back what was there.
 */
export function applyEnvironment(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
