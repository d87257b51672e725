import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { TIER_S } from "./limits.ts";
import { type LanguageServiceOptions, startLanguageService } from "./service.ts";

const HELP = `The Language service, emulated: npm run language -- [options]

  --port N           port to listen on; default 0, any free one
  --key KEY          key to accept; may be given several times; default "local-language-key"
  --projects DIR     folder with labels/ and training/; default samples
  --data DIR         keep jobs there; default in memory
  --scenario FILE    what shall go wrong (JSON); see local/language/README.md
  --job-seconds A,B  jobs take from A to B seconds; default 1,3
  --rate-limits      enforce the limits of tier S
  --help             this text
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    key: { type: "string", multiple: true },
    projects: { type: "string" },
    data: { type: "string" },
    scenario: { type: "string" },
    "job-seconds": { type: "string" },
    "rate-limits": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  const [from = 1, to = from] = (values["job-seconds"] ?? "1,3").split(",").map(Number);
  const options: LanguageServiceOptions = {
    port: Number(values.port),
    jobSeconds: { from, to },
    ...(values.key === undefined ? {} : { keys: values.key }),
    ...(values.projects === undefined ? {} : { projects: values.projects }),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.scenario === undefined ? {} : { scenario: JSON.parse(readFileSync(values.scenario, "utf8")) }),
    ...(values["rate-limits"] ? { rateLimits: TIER_S } : {}),
  };
  const service = await startLanguageService(options);
  console.log(`Language service at ${service.url}, key ${service.key}`);
  for (const project of service.projects.projects()) {
    const { projectName, projectKind } = project.metadata;
    const deployments = [...project.deployments.keys()].join(", ");
    console.log(`  ${projectKind} ${projectName}: ${deployments}; ${service.projects.publishedModelId(project)}`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.stop());
}
