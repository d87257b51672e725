import { readCommand, withUsage } from "../../dev/command-line.ts";

const USAGE = `npm run project -- <command> <name> [options]

  create <name>   put the project file in force: create, train, evaluate, deploy   --file project.json
  train <name>    train a model from the labels that the service has               --model LABEL
  deploy <name>   deploy a trained model                                           --model LABEL --deployment NAME --ignore-thresholds
  renew <name>    train on the service's current configuration, deploy if the scores hold   --model LABEL --deployment NAME
  status <name>   show how it stands; with --watch until it is over
  delete <name>   delete the project, or only --model LABEL or --deployment NAME

  --url URL       address of the functions; default FUNCTIONS_URL, or http://localhost:7071
  --code KEY      master key of the app; default FUNCTIONS_KEY
  --no-wait       return as soon as the app has taken it`;

const OPTIONS = {
  file: { type: "string", default: "project.json" },
  url: { type: "string" },
  code: { type: "string" },
  model: { type: "string" },
  deployment: { type: "string" },
  "ignore-thresholds": { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  "no-wait": { type: "boolean", default: false },
} as const;

const COMMANDS = ["create", "train", "deploy", "renew", "status", "delete"] as const;
type Command = (typeof COMMANDS)[number];

export interface ProjectArguments {
  command: Command;
  project: string;
  url: string;
  code: string | undefined;
  file: string;
  model: string | undefined;
  deployment: string | undefined;
  ignoreThresholds: boolean;
  wait: boolean;
}

/** @throws UsageError */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ProjectArguments {
  return withUsage(USAGE, () => toArguments(readCommand(USAGE, OPTIONS, args), env));
}

function toArguments(
  { values, positionals }: ReturnType<typeof readCommand<typeof OPTIONS>>,
  env: Readonly<Record<string, string | undefined>>,
): ProjectArguments {
  const [name, project, ...rest] = positionals;
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) throw new Error(`Which command? ${COMMANDS.join(", ")}`);
  if (project === undefined || rest.length > 0)
    throw new Error(`Name one project: npm run project -- ${command} <name>`);
  const url = values.url ?? env.FUNCTIONS_URL ?? "http://localhost:7071";
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new Error(`--url must be an address such as https://<app>.azurewebsites.net, found "${url}"`);
  return {
    command,
    project,
    url: url.replace(/\/+$/, ""),
    code: values.code ?? env.FUNCTIONS_KEY,
    file: values.file,
    model: values.model,
    deployment: values.deployment,
    ignoreThresholds: values["ignore-thresholds"],
    wait: command === "status" ? values.watch : !values["no-wait"],
  };
}
