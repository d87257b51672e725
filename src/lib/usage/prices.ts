import { z } from "zod";
import type { TaskKind } from "../language/analysis.ts";

/** What the service bills alike. */
export const PRICE_CLASSES = ["custom", "prebuilt", "healthcare", "summaries"] as const;

export type PriceClass = (typeof PRICE_CLASSES)[number];

/** Public list of prices; the tiers are those of the tariff S, pay as you go. */
const PRICE_LIST = "https://azure.microsoft.com/pricing/details/cognitive-services/language-service/";

/** Text records that a price is for. */
const RECORDS_PER_PRICE = 1_000;

interface ListedPrice {
  what: string;
  /** US dollars per 1,000 text records, each up to so many a month; the last has no end. */
  tiers: readonly { upTo?: number; usd: number }[];
}

/**
 * The one table of what text records cost. `date` is when it was written down, from memory; `source` is the list that it is to
 * be compared with, which was out of reach then. Prices differ between regions and agreements as well, so that the app
 * setting PRICES overrides them.
 */
export const LISTED_PRICES = {
  currency: "USD",
  date: "2026-11-28",
  source: PRICE_LIST,
  classes: {
    custom: { what: "text records, custom classification or entities", tiers: [{ usd: 5 }] },
    prebuilt: { what: "text records, prebuilt features", tiers: [{ upTo: 500_000, usd: 1 }, { usd: 0.75 }] },
    healthcare: { what: "text records, Text Analytics for health", tiers: [{ usd: 25 }] },
    summaries: { what: "text records, summaries", tiers: [{ usd: 2 }] },
  } satisfies Record<PriceClass, ListedPrice>,
} as const;

const CLASS_OF_KIND: Readonly<Record<TaskKind, PriceClass>> = {
  CustomSingleLabelClassification: "custom",
  CustomMultiLabelClassification: "custom",
  CustomEntityRecognition: "custom",
  CustomHealthcare: "custom",
  CustomSentimentAnalysis: "custom",
  CustomAbstractiveSummarization: "custom",
  Healthcare: "healthcare",
  EntityRecognition: "prebuilt",
  PiiEntityRecognition: "prebuilt",
  KeyPhraseExtraction: "prebuilt",
  SentimentAnalysis: "prebuilt",
  EntityLinking: "prebuilt",
  ExtractiveSummarization: "summaries",
  AbstractiveSummarization: "summaries",
};

/** @param kind of a task; one that a later version of the app counted is billed as prebuilt */
export function priceClassOf(kind: string): PriceClass {
  return Object.hasOwn(CLASS_OF_KIND, kind) ? CLASS_OF_KIND[kind as TaskKind] : "prebuilt";
}

/** What 1,000 text records of each class cost, in one currency. */
export interface Prices {
  currency: string;
  /** ISO 8601 date on which the table was written; absent for prices that a setting gives. */
  date?: string;
  source: string;
  perThousand: Readonly<Record<PriceClass, number>>;
}

/** An amount of money, in hundredths of a hundredth so that a single document does not cost nothing. */
export const moneySchema = z
  .object({
    amount: z.number().describe("Reckoned with the first tier of the price, so it is at most this."),
    currency: z.string(),
  })
  .meta({ id: "Money" });

export type Money = z.output<typeof moneySchema>;

/** What text records cost. Volume tiers belong to an account and a month, so the first tier is reckoned with: an upper bound. */
export function moneyOf(records: Partial<Record<PriceClass, number>>, { currency, perThousand }: Prices): Money {
  const sum = PRICE_CLASSES.reduce(
    (all, each) => all + ((records[each] ?? 0) / RECORDS_PER_PRICE) * perThousand[each],
    0,
  );
  return { amount: Math.round(sum * 10_000) / 10_000, currency };
}

const PRICES_EXPECTED = `prices of 1,000 text records with commas between, for example "custom=4.62,prebuilt=0.92,currency=EUR"; known are ${PRICE_CLASSES.join(", ")} and currency`;

/** The app setting PRICES: what it does not name is as listed. */
export const pricesSchema = z
  .string()
  .optional()
  .transform((text, context): Prices => {
    const listed = Object.fromEntries(
      PRICE_CLASSES.map((each) => [each, LISTED_PRICES.classes[each].tiers[0]?.usd ?? 0]),
    ) as Record<PriceClass, number>;
    const { currency, date, source } = LISTED_PRICES;
    if (text === undefined) return { currency, date, source, perThousand: listed };
    const prices = { currency: currency as string, source: "app setting PRICES", perThousand: listed };
    for (const part of text.split(",")) {
      const [name = "", value = ""] = part.split("=").map((each) => each.trim());
      const isClass = (PRICE_CLASSES as readonly string[]).includes(name);
      if (isClass && /^\d{1,6}(?:\.\d{1,6})?$/.test(value)) listed[name as PriceClass] = Number(value);
      else if (name === "currency" && /^[A-Z]{3}$/.test(value)) prices.currency = value;
      else context.addIssue({ code: "custom", message: PRICES_EXPECTED });
    }
    return prices;
  });
