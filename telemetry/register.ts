/**
 * Registers an SDK of OpenTelemetry, which takes what the app tells through the API: loaded only where TELEMETRY_EXPORTER asks
 * for it, and packed only by `npm run package -- --telemetry`, so that nobody else carries its weight.
 */
import { metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

/** What stops an instance that has nothing to do must not lose what happened last: spans leave after so long. */
const SPANS_MS = 2_000;
const METRICS_MS = 10_000;

/** Ends what was registered, and sends what is left. */
export type Unregister = () => Promise<void>;

/**
 * @param exporter `otlp`: to a collector, OTLP over HTTP as OTEL_EXPORTER_OTLP_ENDPOINT and its kin say
 *   (https://opentelemetry.io/docs/specs/otel/protocol/exporter/); `console`: to standard output
 */
export function register(exporter: "otlp" | "console"): Unregister {
  const [spans, figures]: [SpanExporter, PushMetricExporter] =
    exporter === "otlp"
      ? [new OTLPTraceExporter(), new OTLPMetricExporter()]
      : [new ConsoleSpanExporter(), new ConsoleMetricExporter()];
  const name = process.env.OTEL_SERVICE_NAME ?? process.env.WEBSITE_SITE_NAME ?? "language-batch";
  const resource = defaultResource().merge(resourceFromAttributes({ "service.name": name }));
  const tracing = new BasicTracerProvider({
    resource,
    // The host marks its own invocations as not sampled where nothing of them is exported; OTEL_TRACES_SAMPLER decides otherwise.
    ...(process.env.OTEL_TRACES_SAMPLER === undefined ? { sampler: new AlwaysOnSampler() } : {}),
    spanProcessors: [new BatchSpanProcessor(spans, { scheduledDelayMillis: SPANS_MS })],
  });
  const meters = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: figures, exportIntervalMillis: METRICS_MS })],
  });
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(meters);
  return async () => {
    await Promise.allSettled([tracing.shutdown(), meters.shutdown()]);
    trace.disable();
    metrics.disable();
  };
}
