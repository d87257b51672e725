import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/**
 * Spans through the API of OpenTelemetry alone. As long as nobody has registered an SDK (see `telemetry/` in the app's
 * folder) they cost nothing and go nowhere. A span never holds document text, a key or a SAS: of an error only its code.
 */
export interface SpanOptions {
  /** W3C traceparent of the span around it; absent or unreadable: it begins a trace. */
  parent?: string | undefined;
  /** Names, counts and codes. */
  attributes?: Attributes;
  kind?: "internal" | "producer" | "consumer" | "client";
  /** W3C traceparents of other traces that it works for. */
  links?: readonly (string | undefined)[];
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/** Does a piece of work in a span. It is handed the span's traceparent, to be given on; undefined when nothing is traced. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (traceparent: string | undefined) => Promise<Result>,
): Promise<Result> {
  const span = start(name, options);
  try {
    return await work(traceparentOf(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** Records what is over already. @param from @param until milliseconds since 1970 */
export function recordSpan(name: string, options: SpanOptions, { from, until }: { from: number; until: number }): void {
  start(name, options, Math.min(from, until)).end(until);
}

/** The form of a traceparent, https://www.w3.org/TR/trace-context/#traceparent-header; a later version only adds to it. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

function start(name: string, { parent, attributes, kind = "internal", links = [] }: SpanOptions, at?: number): Span {
  return trace.getTracer("language-batch", VERSION).startSpan(
    name,
    {
      kind: KINDS[kind],
      ...(attributes === undefined ? {} : { attributes }),
      links: links.flatMap((link): Link[] => {
        const context = read(link);
        return context === undefined ? [] : [{ context }];
      }),
      ...(at === undefined ? {} : { startTime: at }),
    },
    contextOf(parent),
  );
}

function contextOf(traceparent: string | undefined): Context {
  const context = read(traceparent);
  return context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, context);
}

function read(traceparent: string | undefined): SpanContext | undefined {
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = traceparent.split("-");
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

function traceparentOf(span: Span): string | undefined {
  const context = span.spanContext();
  if (!isSpanContextValid(context)) return undefined;
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, "0")}`;
}

/** Messages of errors may quote a document; codes and names of classes do not. */
function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return typeof code === "string" ? code : String(name);
}

/** Version of this application, as in `package.json`; part of the `User-Agent`. */
export const VERSION = "0.1.0";
