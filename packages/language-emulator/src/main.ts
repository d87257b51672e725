import {
  findOptionFolder,
  makeOptionFolder,
  readArguments,
  readOptionFile,
  readPort,
  runCommand,
  UsageError,
} from "../../../dev/command-line.ts";
import { TIER_S } from "./limits.ts";
import type { ScenarioDefinition } from "./scenario/schema.ts";
import { type LanguageServiceOptions, startLanguageService } from "./service.ts";

const HELP = `The Language service, emulated: npm run language -- [options]

  --port N                port to listen on; default 0, any free one
  --key KEY               key to accept; may be given several times; default "local-language-key"
  --projects DIR          folder with labels/ and training/; default samples
  --data DIR              keep jobs, projects and models there; default in memory
  --storage STRING        connection string of the storage account with the projects' texts; default none
  --scenario FILE         what shall go wrong (JSON); see packages/language-emulator/README.md
  --job-seconds A,B       jobs take from A to B seconds; default 1,3
  --training-seconds A,B  trainings take from A to B seconds; default 3,6
  --certificate FILE      speak HTTPS with this certificate (PEM), as callers with a Microsoft Entra ID token want
  --certificate-key FILE  its private key (PEM)
  --rate-limits           enforce the limits of tier S
  --help                  this text`;

await runCommand(async () => {
  const service = await startLanguageService(await readOptions());
  console.log(`Language service at ${service.url}, key ${service.key}`);
  for (const project of service.projects.projects()) {
    const { projectName, projectKind } = project.metadata;
    const deployments = [...project.deployments.keys()].join(", ");
    console.log(`  ${projectKind} ${projectName}: ${deployments}; ${service.projects.publishedModelId(project)}`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.stop());
});

/** @throws UsageError that says which option is wrong and what it takes */
async function readOptions(): Promise<LanguageServiceOptions> {
  const values = readArguments(HELP, {
    port: { type: "string", default: "0" },
    key: { type: "string", multiple: true },
    projects: { type: "string" },
    data: { type: "string" },
    storage: { type: "string" },
    scenario: { type: "string" },
    "job-seconds": { type: "string", default: "1,3" },
    "training-seconds": { type: "string", default: "3,6" },
    certificate: { type: "string" },
    "certificate-key": { type: "string" },
    "rate-limits": { type: "boolean", default: false },
  });
  const { key, projects, data, storage, scenario } = values;
  return {
    port: readPort(values.port),
    jobSeconds: readSeconds("job-seconds", values["job-seconds"]),
    trainingSeconds: readSeconds("training-seconds", values["training-seconds"]),
    ...(key === undefined ? {} : { keys: key }),
    ...(projects === undefined ? {} : { projects: await findOptionFolder("projects", projects) }),
    ...(data === undefined ? {} : { data: await makeOptionFolder("data", data) }),
    ...(storage === undefined ? {} : { storage }),
    ...(scenario === undefined ? {} : { scenario: await readScenario(scenario) }),
    ...(await readCertificate(values.certificate, values["certificate-key"])),
    ...(values["rate-limits"] ? { rateLimits: TIER_S } : {}),
  };
}

function readSeconds(option: string, value: string): { from: number; to: number } {
  const [from = Number.NaN, to = from] = value.split(",").map(Number);
  if (from >= 0 && to >= from) return { from, to };
  throw new UsageError(`--${option} takes two numbers, the smaller first, such as 1,3; not ${value}.`);
}

/** The service checks what is in it. */
async function readScenario(path: string): Promise<ScenarioDefinition> {
  const text = await readOptionFile("scenario", path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--scenario takes a JSON file; ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

async function readCertificate(
  cert: string | undefined,
  key: string | undefined,
): Promise<Pick<LanguageServiceOptions, "certificate">> {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw new UsageError("--certificate and --certificate-key go together.");
  const [certText, keyText] = [await readOptionFile("certificate", cert), await readOptionFile("certificate-key", key)];
  return { certificate: { cert: certText, key: keyText } };
}
