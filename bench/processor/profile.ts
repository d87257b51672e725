import { Session } from "node:inspector/promises";

/** Milliseconds that the functions of each kind took themselves, without those that they called. */
export type ProfileReport = Record<string, number>;

/** Whose a function is, by the address of its file: the first that fits. */
const KINDS: readonly [kind: string, pattern: RegExp][] = [
  ["the stand-in of the Functions host", /packages\/functions-emulator|durable-functions|@azure\/functions/],
  ["the app", /dist\/src\/|\/src\/lib\/|dist\/telemetry/],
  [
    "the storage SDK",
    /node_modules\/(@azure|@typespec|fast-xml-parser|tslib|events|strnum|http-proxy-agent|https-proxy-agent|agent-base|debug|ms)\//,
  ],
  ["zod", /node_modules\/zod\//],
  ["signing: HMAC and hashes", /^node:(internal\/)?crypto/],
  [
    "HTTP and sockets of Node.js",
    /^node:(_http|http|https|net|internal\/http|internal\/net|internal\/stream_base|internal\/streams|stream|_stream|internal\/dtrace|internal\/js_stream|url|internal\/url|dns|_tls|events|buffer|internal\/buffer|internal\/timers|timers|internal\/async|async_hooks|internal\/fixed|internal\/abort|internal\/event|string_decoder|internal\/util|diagnostics_channel|undici|internal\/process\/task|internal\/deps\/undici|perf|internal\/perf)/,
  ],
  [
    "loading modules",
    /^node:(internal\/modules|internal\/vm|internal\/source|module|vm|fs|internal\/fs|path)|^node:internal\/deps\/(cjs|amaro|minimatch)/,
  ],
  ["other modules of node_modules", /node_modules\//],
  ["other", /./],
];

/** Samples this process by V8's own profiler. */
export class Profiler {
  readonly #session = new Session();
  readonly #directory: string;

  /** @param directory of the checkout that runs */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: 500 });
    await this.#session.post("Profiler.start");
  }

  async stop(): Promise<{ kinds: ProfileReport; functions: ProfileReport }> {
    const { profile } = await this.#session.post("Profiler.stop");
    this.#session.disconnect();
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    const kinds: ProfileReport = {};
    const functions: ProfileReport = {};
    const { samples = [], timeDeltas = [] } = profile;
    for (const [index, id] of samples.entries()) {
      const frame = nodes.get(id)?.callFrame;
      if (frame === undefined || frame.functionName === "(idle)") continue;
      const milliseconds = (timeDeltas[index + 1] ?? 0) / 1_000;
      const kind = kindOf(frame);
      kinds[kind] = (kinds[kind] ?? 0) + milliseconds;
      const file = frame.url.replace(`file://${this.#directory}/`, "");
      const name = `${frame.functionName || "(anonymous)"} ${file}:${frame.lineNumber + 1}`;
      functions[name] = (functions[name] ?? 0) + milliseconds;
    }
    return { kinds, functions };
  }
}

function kindOf({ url, functionName }: { url: string; functionName: string }): string {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (url === "") return "native code without a file (sockets, hashes, JSON)";
  return KINDS.find(([, pattern]) => pattern.test(url))?.[0] ?? "other";
}
