import { z } from "zod";
import type { DetectedLanguage } from "./analysis.ts";
import { ANSWER_BYTES, type Answer } from "./answer.ts";
import { classifyAnswer, unreadableAnswer } from "./errors/classify.ts";
import type { Send } from "./transport.ts";

/** Texts in one call. The service takes more, but so many are in a job, and the calls are counted by feature. */
export const TEXTS_PER_DETECTION = 25;

/**
 * What of a text is sent, in UTF-16 code units: one text record's worth. The language of a text shows in its beginning,
 * and more would cost more (https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits).
 */
const CHARACTERS = 1_000;

/** The oldest stable version that detects; every resource has it, whatever its jobs are written in. */
const API_VERSION = "2023-04-01";

/** Codes of language detection that no task takes as they are: https://learn.microsoft.com/azure/ai-services/language-service/language-detection/language-support */
const CODES: Readonly<Record<string, string>> = { zh_chs: "zh-hans", zh_cht: "zh-hant" };

const answerSchema = z.looseObject({
  results: z.looseObject({
    documents: z.array(
      z.looseObject({
        id: z.string(),
        detectedLanguage: z.looseObject({
          name: z.string(),
          iso6391Name: z.string(),
          confidenceScore: z.number().catch(0),
        }),
      }),
    ),
  }),
});

/**
 * Asks the service, in one call that it answers at once, which language each of some texts is in. Repeating it does no
 * harm but costs a text record for each text again.
 * @param texts at most `TEXTS_PER_DETECTION`
 * @returns by the text's id; a text is missing whose language the service does not find out
 * @throws LanguageError
 */
export async function detectLanguages(
  send: Send,
  endpoint: string,
  texts: readonly { id: string; text: string }[],
): Promise<ReadonlyMap<string, DetectedLanguage>> {
  const url = new URL(`${endpoint}/language/:analyze-text`);
  url.searchParams.set("api-version", API_VERSION);
  const documents = texts.map(({ id, text }) => ({ id, text: beginning(text) }));
  const body = { kind: "LanguageDetection", analysisInput: { documents }, parameters: {} };
  const answer = await send({ method: "POST", url: url.href, body, maxBytes: ANSWER_BYTES });
  const words = "to detect languages";
  if (answer.status < 200 || answer.status >= 300) throw classifyAnswer(answer, { purpose: "submit", words });
  const found = read(answer, words).results.documents.flatMap(({ id, detectedLanguage }) => {
    const { name, iso6391Name, confidenceScore } = detectedLanguage;
    if (!/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*$/.test(iso6391Name)) return [];
    const code = CODES[iso6391Name.toLowerCase()] ?? iso6391Name;
    return [[id, { code, name, confidenceScore }] as const];
  });
  return new Map(found);
}

/** Half a character at the cut would be no text. */
function beginning(text: string): string {
  return text.slice(0, CHARACTERS).replace(/[\ud800-\udbff]$/, "");
}

function read(answer: Answer, words: string): z.output<typeof answerSchema> {
  const parsed = answerSchema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw unreadableAnswer(answer, words, parsed.error);
}
