import { z } from "zod";
import { type BlobMessage, quoteETag } from "./blob-trigger-data.ts";

/** What the webhook looks at in an event; it does not look at the event type, here as in Azure. */
const BlobEvent = z.looseObject({
  data: z.looseObject({
    url: z.url(),
    eTag: z.string(),
    blobType: z.string(),
  }),
});

const Validation = z.tuple([z.looseObject({ data: z.looseObject({ validationCode: z.string() }) })], z.unknown());

export interface WebhookAnswer {
  status: number;
  body?: unknown;
}

export interface WebhookRequest {
  /** The header `aeg-event-type`. */
  eventType: string | undefined;
  /** The query parameter `functionName`, with its prefix `Host.Functions.`. */
  functionName: string;
  body: string;
}

/**
 * Answers `/runtime/webhooks/blobs`, to which Event Grid posts (`HttpRequestProcessor.cs`, `BlobsExtensionConfigProvider.cs`):
 * the handshake of a new subscription, and notifications, which are acknowledged once they are on the internal queue.
 */
export async function answerBlobWebhook(
  request: WebhookRequest,
  enqueue: (message: BlobMessage) => Promise<void>,
): Promise<WebhookAnswer> {
  const body = parseJson(request.body);
  switch (request.eventType?.toLowerCase()) {
    case "subscriptionvalidation": {
      const parsed = Validation.safeParse(body);
      if (body === undefined) return notJson;
      if (!parsed.success) return { status: 400, body: { error: "expected one validation event in an array" } };
      return { status: 200, body: { validationResponse: parsed.data[0].data.validationCode } };
    }
    case "notification": {
      const parsed = z.array(BlobEvent).safeParse([body].flat());
      if (body === undefined) return notJson;
      if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } };
      for (const { data } of parsed.data) {
        const { container, name } = parseBlobUrl(data.url);
        await enqueue({
          Type: "BlobTrigger",
          FunctionId: request.functionName,
          BlobType: data.blobType,
          ContainerName: container,
          BlobName: name,
          ETag: quoteETag(data.eTag),
        });
      }
      return { status: 202 };
    }
    case "unsubscribe":
      return { status: 202 };
    default:
      return { status: 400, body: { error: "the header aeg-event-type is missing or unknown" } };
  }
}

/** The real host fails on it. */
const notJson: WebhookAnswer = { status: 500 };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Container and name in a blob's address; an emulator's addresses begin with the account. */
export function parseBlobUrl(url: string): { container: string; name: string } {
  const { hostname, pathname } = new URL(url);
  const segments = pathname.slice(1).split("/").map(decodeURIComponent);
  if (hostname === "localhost" || /^[\d.]+$|^\[/.test(hostname)) segments.shift();
  const [container = "", ...name] = segments;
  return { container, name: name.join("/") };
}
