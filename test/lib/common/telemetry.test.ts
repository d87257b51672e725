import { metrics, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { measureEvent, measureJob } from "../../../src/lib/common/metrics.ts";
import { inSpan, recordSpan } from "../../../src/lib/common/telemetry.ts";
import { LanguageError } from "../../../src/lib/language/errors/language-error.ts";

/** Milliseconds since 1970, a whole second. */
const AT = Date.parse("2026-11-28T18:00:00Z");
const PARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

afterEach(() => {
  trace.disable();
  metrics.disable();
});

function collectSpans(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  return exporter;
}

describe("without an SDK", () => {
  it("a trace that the host began is handed on as it is, and none is begun", async () => {
    expect(await inSpan("x", { parent: PARENT }, async (traceparent) => traceparent)).toBe(PARENT);
    expect(await inSpan("x", {}, async (traceparent) => traceparent)).toBeUndefined();
  });

  it("no traceparent, whatever it is, keeps work from being done", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (parent) => {
        expect(await inSpan("x", { parent, links: [parent] }, async () => "done")).toBe("done");
      }),
    );
    expect(() => measureJob("tickets", -1)).not.toThrow();
  });
});

describe("with an SDK", () => {
  it("a span goes on the trace of its parent and links to others", async () => {
    const exporter = collectSpans();
    const child = await inSpan(
      "x",
      { parent: PARENT, kind: "client", links: [PARENT, undefined, "?"] },
      async (it) => it,
    );
    const [span] = exporter.getFinishedSpans();
    expect(span?.parentSpanContext?.spanId).toBe("b".repeat(16));
    expect(span?.links).toHaveLength(1);
    expect(child).toBe(`00-${"a".repeat(32)}-${span?.spanContext().spanId}-01`);
  });

  it("an error is told by its code, never by its message, which may quote a document", async () => {
    const exporter = collectSpans();
    const errors = [
      new LanguageError({ class: "document", code: "InvalidDocument", message: "the secret text", hint: "" }),
      new TypeError("the secret text"),
    ];
    for (const error of errors) await expect(inSpan("x", {}, () => Promise.reject(error))).rejects.toBe(error);
    expect(exporter.getFinishedSpans().map(({ status, events }) => [status.message, events])).toEqual([
      ["InvalidDocument", []],
      ["TypeError", []],
    ]);
  });

  it("what is over is told with its own times, which never run backwards", () => {
    const exporter = collectSpans();
    recordSpan("x", { parent: PARENT }, { from: AT + 2_000, until: AT });
    const [span] = exporter.getFinishedSpans();
    expect([span?.startTime, span?.endTime]).toEqual([
      [AT / 1000, 0],
      [AT / 1000, 0],
    ]);
  });

  it("figures are those of the log", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    const pipeline = "tickets";
    measureEvent({ event: "document.succeeded", pipeline, document: "a", status: "succeeded", textRecords: 3 });
    measureEvent({ event: "document.failed", pipeline, document: "b", code: "EmptyDocument", source: "reader" });
    measureEvent({ event: "service.throttled", pipeline, lane: 0, retryAfterSeconds: 5 });
    measureEvent({ event: "intake.unmatched", document: "c" });
    measureJob(pipeline, 4);
    await reader.forceFlush();
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const points = Object.fromEntries(
      found.map(({ descriptor, dataPoints }) => [
        descriptor.name.replace("language_batch.", ""),
        dataPoints.map(({ value, attributes }) => [typeof value === "number" ? value : value.sum, attributes]),
      ]),
    );
    expect(points).toEqual({
      documents: [
        [1, { pipeline, outcome: "succeeded" }],
        [1, { pipeline, outcome: "failed", code: "EmptyDocument" }],
      ],
      text_records: [[3, { pipeline }]],
      throttles: [[1, { pipeline }]],
      "job.duration": [[4, { pipeline }]],
    });
    await reader.shutdown();
  });
});
