import * as z from "zod";
import { booleanParameter, jsonBody, type Route } from "../http/call.ts";
import { type ErrorBody, invalidRequest } from "../http/service-error.ts";
import { isBlank } from "../jobs/check-documents.ts";
import type { Runtime } from "../jobs/runtime.ts";
import { detectLanguage, UNKNOWN_LANGUAGE } from "../kinds/detect-language.ts";
import { textRecords } from "../limits.ts";
import { countTextElements } from "../text.ts";
import { requireVersion } from "./versions.ts";

/** Documents of one request that is answered at once ("Data and rate limits", row of language detection). */
const MAX_DOCUMENTS = 1_000;
/** Text elements of each of them. */
const MAX_CHARACTERS = 5_120;
const MODEL_VERSIONS = ["latest", "2021-11-20", "2022-10-01"] as const;

const text = z.string();
const body = z.looseObject({
  kind: z.literal("LanguageDetection", "The emulator answers only the kind LanguageDetection at once."),
  analysisInput: z.looseObject({
    documents: z.array(z.looseObject({ id: text.min(1), text, countryHint: text.nullish() })),
  }),
  parameters: z.looseObject({ modelVersion: z.enum(MODEL_VERSIONS).default("latest") }).nullish(),
});

type Document = z.output<typeof body>["analysisInput"]["documents"][number];

/** The kinds that are answered at once. The service has them all in this form; played is the one that has no other. */
export function atOnceRoutes({ limiters, statistics }: Runtime): Route[] {
  return [
    {
      method: "POST",
      path: "/language/:analyze-text",
      operation: "detectLanguage",
      answer(call) {
        requireVersion(call.query);
        const { documents, modelVersion } = readDetection(call.body);
        limiters.submit.take(["LanguageDetection"], call.name);
        const answers = documents.map((document) => ({ document, error: problemOf(document) }));
        const found = answers.filter(({ error }) => error === undefined).map(({ document }) => document);
        statistics.countAtOnce(
          "LanguageDetection",
          found.map((document) => ({ text: document.text, characters: countTextElements(document.text) })),
        );
        const showStats = booleanParameter(call.query, "showStats");
        const results = {
          ...(showStats ? { statistics: statisticsOf(documents, found) } : {}),
          documents: found.map((document) => ({
            id: document.id,
            ...(showStats ? { statistics: documentStatistics(document) } : {}),
            detectedLanguage: detectLanguage(document.text) ?? UNKNOWN_LANGUAGE,
            warnings: [],
          })),
          errors: answers.flatMap(({ document, error }) => (error === undefined ? [] : [{ id: document.id, error }])),
          modelVersion,
        };
        return { status: 200, body: { kind: "LanguageDetectionResults", results } };
      },
    },
  ];
}

/** @throws ServiceError 400 */
function readDetection(content: string): { documents: Document[]; modelVersion: string } {
  const parsed = body.safeParse(jsonBody(content));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const { analysisInput, parameters } = parsed.data;
  const { documents } = analysisInput;
  if (documents.length === 0) {
    throw invalidRequest("Invalid Request.", "MissingInputDocuments", "Missing input documents.");
  }
  if (documents.length > MAX_DOCUMENTS) {
    const message = `Batch request contains too many records. Max ${MAX_DOCUMENTS} records are permitted.`;
    throw invalidRequest("Invalid document in request.", "InvalidDocumentBatch", message);
  }
  const asked = parameters?.modelVersion ?? "latest";
  return { documents, modelVersion: asked === "latest" ? MODEL_VERSIONS[2] : asked };
}

/** Why a document is not answered, in the recorded words of the kinds that are. */
function problemOf({ text: content, countryHint }: Document): ErrorBody | undefined {
  const refused = (code: string, message: string): ErrorBody => ({
    code: "InvalidArgument",
    message: "Invalid document in request.",
    innererror: { code, message },
  });
  if (isBlank(content)) return refused("InvalidDocument", "Document text is empty.");
  if (countTextElements(content) > MAX_CHARACTERS) {
    return refused(
      "InvalidDocument",
      "A document within the request was too large to be processed. " +
        `Limit document size to: ${MAX_CHARACTERS} text elements. ` +
        "For additional details on the data limitations see https://aka.ms/text-analytics-data-limits",
    );
  }
  if (countryHint && countryHint !== "none" && !/^[A-Za-z]{2}$/.test(countryHint)) {
    return refused(
      "InvalidCountryHint",
      `Country hint is not valid. Please specify an ISO 3166-1 alpha-2 two letter country code.`,
    );
  }
  return undefined;
}

function documentStatistics({ text: content }: Document): { charactersCount: number; transactionsCount: number } {
  const charactersCount = countTextElements(content);
  return { charactersCount, transactionsCount: textRecords(charactersCount) };
}

function statisticsOf(documents: readonly Document[], valid: readonly Document[]): object {
  return {
    documentsCount: documents.length,
    validDocumentsCount: valid.length,
    erroneousDocumentsCount: documents.length - valid.length,
    transactionsCount: valid.reduce((sum, document) => sum + documentStatistics(document).transactionsCount, 0),
  };
}
