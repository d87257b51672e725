import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

const valueSchema = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
});
const attributesSchema = z.array(z.object({ key: z.string(), value: valueSchema })).default([]);
const spanSchema = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: attributesSchema,
  links: z.array(z.looseObject({ traceId: z.string() })).default([]),
});
const tracesSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});
const pointSchema = z.looseObject({ attributes: attributesSchema });
const pointsSchema = z.looseObject({ dataPoints: z.array(pointSchema) });
const metricSchema = z.looseObject({
  name: z.string(),
  sum: pointsSchema.optional(),
  gauge: pointsSchema.optional(),
  histogram: pointsSchema.optional(),
});
const metricsSchema = z.object({
  resourceMetrics: z.array(z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(metricSchema) })) })),
});

export type CollectedSpan = z.output<typeof spanSchema>;

/** A collector of our own: takes OTLP over HTTP, as JSON. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  /** The last export of each. */
  readonly metrics = new Map<string, z.output<typeof metricSchema>>();
  /** Everything that came, as it came. */
  readonly bodies: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#take(request.url ?? "", Buffer.concat(chunks).toString("utf8"));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  }

  static async start(): Promise<OtlpCollector> {
    const collector = new OtlpCollector();
    await new Promise<void>((resolve) => collector.#server.listen(0, "127.0.0.1", resolve));
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Spans about a document, by name. */
  ofDocument(document: string): Map<string, CollectedSpan> {
    const about = this.spans.filter((span) => attributeOf(span, "document") === document);
    return new Map(about.map((span) => [span.name, span]));
  }

  #take(path: string, body: string): void {
    this.bodies.push(body);
    if (path === "/v1/traces") {
      const { resourceSpans } = tracesSchema.parse(JSON.parse(body));
      this.spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
    } else {
      const { resourceMetrics } = metricsSchema.parse(JSON.parse(body));
      for (const metric of resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics),
      ))
        this.metrics.set(metric.name, metric);
    }
  }
}

export function attributeOf({ attributes }: Pick<CollectedSpan, "attributes">, name: string): unknown {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? value?.intValue;
}
