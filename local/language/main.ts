import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { TIER_S } from "./limits.ts";
import { type LanguageServiceOptions, startLanguageService } from "./service.ts";

const HELP = `The Language service, emulated: npm run language -- [options]

  --port N                port to listen on; default 0, any free one
  --key KEY               key to accept; may be given several times; default "local-language-key"
  --projects DIR          folder with labels/ and training/; default samples
  --data DIR              keep jobs, projects and models there; default in memory
  --storage STRING        connection string of the storage account with the projects' texts; default none
  --scenario FILE         what shall go wrong (JSON); see local/language/README.md
  --job-seconds A,B       jobs take from A to B seconds; default 1,3
  --training-seconds A,B  trainings take from A to B seconds; default 3,6
  --certificate FILE      speak HTTPS with this certificate (PEM), as callers with a Microsoft Entra ID token want
  --certificate-key FILE  its private key (PEM)
  --rate-limits           enforce the limits of tier S
  --help                  this text
`;

const { values } = parseArgs({
  options: {
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
    help: { type: "boolean", default: false },
  },
});

/** @throws Error that says which option is wrong and what it takes */
function readOptions(): LanguageServiceOptions {
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not ${values.port}.`);
  }
  return {
    port,
    jobSeconds: readSeconds("job-seconds"),
    trainingSeconds: readSeconds("training-seconds"),
    ...(values.key === undefined ? {} : { keys: values.key }),
    ...(values.projects === undefined ? {} : { projects: values.projects }),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.storage === undefined ? {} : { storage: values.storage }),
    ...(values.scenario === undefined ? {} : { scenario: JSON.parse(readFileSync(values.scenario, "utf8")) }),
    ...readCertificate(),
    ...(values["rate-limits"] ? { rateLimits: TIER_S } : {}),
  };
}

function readSeconds(option: "job-seconds" | "training-seconds"): { from: number; to: number } {
  const [from = Number.NaN, to = from] = values[option].split(",").map(Number);
  if (from >= 0 && to >= from) return { from, to };
  throw new Error(`--${option} takes two numbers, the smaller first, such as 1,3; not ${values[option]}.`);
}

function readCertificate(): Pick<LanguageServiceOptions, "certificate"> {
  const { certificate: cert, "certificate-key": key } = values;
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw new Error("--certificate and --certificate-key go together.");
  return { certificate: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } };
}

async function run(): Promise<void> {
  const service = await startLanguageService(readOptions());
  console.log(`Language service at ${service.url}, key ${service.key}`);
  for (const project of service.projects.projects()) {
    const { projectName, projectKind } = project.metadata;
    const deployments = [...project.deployments.keys()].join(", ");
    console.log(`  ${projectKind} ${projectName}: ${deployments}; ${service.projects.publishedModelId(project)}`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.stop());
}

if (values.help) console.log(HELP);
else {
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
