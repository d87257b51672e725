import { type Meter, metrics } from "@opentelemetry/api";
import type { LogEvent } from "./log.ts";
import { VERSION } from "./telemetry.ts";

/** What is counted and measured; units after UCUM. Attributes are few and have few values: pipelines, outcomes, codes. */
function makeInstruments(meter: Meter) {
  return {
    documents: meter.createCounter("language_batch.documents", {
      unit: "{document}",
      description: "Documents that ended, by pipeline and outcome (succeeded, partiallySucceeded, failed) and code",
    }),
    textRecords: meter.createCounter("language_batch.text_records", { unit: "{record}", description: "As billed" }),
    jobDuration: meter.createHistogram("language_batch.job.duration", {
      unit: "s",
      description: "From a job's submission to its answer",
    }),
    calls: meter.createCounter("language_batch.calls", {
      unit: "{call}",
      description: "Calls to the Language service, counted when their batch ends",
    }),
    throttles: meter.createCounter("language_batch.throttles", {
      unit: "{call}",
      description: "Calls answered with 429",
    }),
    waiting: meter.createGauge("language_batch.waiting", { unit: "{document}", description: "On the queue" }),
    oldestAge: meter.createGauge("language_batch.oldest_age", {
      unit: "s",
      description: "How long the oldest at the head of the queue has waited",
    }),
    overdueLanes: meter.createGauge("language_batch.overdue_lanes", {
      unit: "{lane}",
      description: "Lanes that had not gone on when they should, at the last sweep",
    }),
  };
}

let made: { meter: Meter; instruments: ReturnType<typeof makeInstruments> } | undefined;

/** Made when first needed: an SDK is registered by then, if one is to be. */
function instruments(): ReturnType<typeof makeInstruments> {
  const meter = metrics.getMeter("language-batch", VERSION);
  // Without an SDK the meter is the same each time; one registered later (in tests) gives another.
  if (made?.meter !== meter) made = { meter, instruments: makeInstruments(meter) };
  return made.instruments;
}

/** Takes the figures out of what is told to the log: what is measured and what is told can then never differ. */
export function measureEvent(event: LogEvent): void {
  const { documents, textRecords, calls, throttles, waiting, oldestAge, overdueLanes } = instruments();
  if (event.event === "document.succeeded") {
    const { pipeline, status: outcome } = event;
    documents.add(1, { pipeline, outcome });
    textRecords.add(event.textRecords, { pipeline });
  } else if (event.event === "document.failed") {
    documents.add(1, { pipeline: event.pipeline, outcome: "failed", code: event.code });
  } else if (event.event === "batch.finished") {
    calls.add(event.requests, { pipeline: event.pipeline });
  } else if (event.event === "service.throttled") {
    throttles.add(1, { pipeline: event.pipeline });
  } else if (event.event === "sweep.report") {
    const { pipeline } = event;
    waiting.record(event.waiting, { pipeline });
    oldestAge.record(event.oldestSeconds, { pipeline });
    overdueLanes.record(event.restarted, { pipeline });
  }
}

/** @param seconds from a job's submission to its answer */
export function measureJob(pipeline: string, seconds: number): void {
  instruments().jobDuration.record(Math.max(0, seconds), { pipeline });
}
