import { type LanguageService, startLanguageService } from "language-emulator";
import { createAnalysisClient } from "../../src/lib/language/analysis-client.ts";
import { type ClientRun, type ClientScript, runClient } from "../client/official-client.ts";
import { RealTime } from "../client/real-time.ts";
import { type Row, row } from "../figure.ts";
import { runLanes } from "../virtual/run-lanes.ts";

/** As many documents as the tuned script and the app are given; the script with defaults has one batch in hand, always as fast. */
const DOCUMENTS = { many: 1_000, few: 150 };
/** A tenth of what the service gives, counted over half a minute: so the run is over in the time that there is. */
const LIMIT = [{ requests: 50, seconds: 30 }];
const JOB_SECONDS = 2;
const TEXT = "I was charged twice.";

const SCRIPTS: readonly (ClientScript & { name: string; documents: number })[] = [
  { name: "the client with its defaults", concurrency: 1, documents: DOCUMENTS.few },
  {
    name: "the client, 32 batches at a time, looks twice a second",
    concurrency: 32,
    pollMilliseconds: 500,
    documents: DOCUMENTS.many,
  },
];

/**
 * Microsoft's client and the app's own lanes and client against the same emulator over HTTP, in real seconds. Storage is in
 * memory, so that the stand-ins of Azure take no part: the ratios are of the ways to ask.
 */
export async function client(): Promise<Row[]> {
  // All at once: they wait most of the time.
  const rows = await Promise.all([compare("unlimited", []), compare("100 requests a minute", LIMIT)]);
  return rows.flat();
}

type Limits = readonly { requests: number; seconds: number }[];

async function compare(words: string, limits: Limits): Promise<Row[]> {
  const running = withService(limits, analyseByLanes);
  const scripts = await Promise.all(
    SCRIPTS.map((script) => withService(limits, (service) => analyse(service, script))),
  );
  const ours = await running;
  const rows = [row(`${words}: ours, calls a document`, ours.calls / DOCUMENTS.many, 0.08)];
  for (const [index, { documents, seconds, exception, calls }] of scripts.entries()) {
    const { name = "", documents: all = 0 } = SCRIPTS[index] ?? {};
    rows.push(row(`${words}: ${name}, share done: ${exception ?? "came to its end"}`, documents / all, 1));
    if (documents === 0) continue;
    const perMinute = documents / (seconds / 60);
    rows.push(
      row(`${words}: ${name}: ours ÷ its documents a minute`, DOCUMENTS.many / ours.minutes / perMinute),
      row(`${words}: ${name}: calls a document`, calls / documents, 0.08),
    );
  }
  return rows;
}

async function withService<T>(
  rateLimits: Limits,
  work: (service: LanguageService) => Promise<T>,
): Promise<T & { calls: number }> {
  const service = await startLanguageService({ rateLimits, jobSeconds: { from: JOB_SECONDS, to: JOB_SECONDS } });
  try {
    const done = await work(service);
    const { requests } = service.stats();
    return { ...done, calls: Object.values(requests).reduce((sum, count) => sum + count, 0) };
  } finally {
    await service.stop();
  }
}

function analyse(service: LanguageService, script: ClientScript & { documents: number }): Promise<ClientRun> {
  return runClient({ endpoint: service.url, key: service.key }, script, Array(script.documents).fill(TEXT));
}

/** As many documents for the app's own lanes and client: from the first drop to the last record. */
async function analyseByLanes(service: LanguageService): Promise<{ minutes: number }> {
  const client = createAnalysisClient({
    endpoint: service.url,
    apiVersion: "2023-04-01",
    credential: { key: service.key },
    timeoutSeconds: 60,
  });
  const { minutes } = await runLanes(new RealTime(), { documents: DOCUMENTS.many, jobSeconds: JOB_SECONDS, client });
  return { minutes };
}
