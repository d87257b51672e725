import * as z from "zod";
import { type Span, withoutOverlaps } from "../text.ts";
import { type FORMS, findForm, findNames } from "./gazetteer.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { PII_LANGUAGES } from "./languages.ts";
import { maskedWith, redact, redactionCharacter, redactionPolicy } from "./redaction.ts";

interface PersonalEntity extends Span {
  category: string;
  confidenceScore: number;
}

type Form = keyof typeof FORMS;

const FORMED = [
  "Email",
  "PhoneNumber",
  "USSocialSecurityNumber",
  "InternationalBankingAccountNumber",
  "CreditCardNumber",
  "IPAddress",
  "URL",
] as const satisfies readonly Form[];

/** Categories that are found only when asked for by name, because they are seldom personal. */
const ON_REQUEST: ReadonlySet<string> = new Set(["URL"]);
/** What the domain of health data keeps (`domain: "phi"`). */
const HEALTH_DOMAIN: ReadonlySet<string> = new Set(["Person", "PhoneNumber", "Email", "URL", "IPAddress"]);

function findPersonal(text: string): PersonalEntity[] {
  const people = findNames(text)
    .filter(({ category }) => category === "Person")
    .map(({ text: name, offset, length }) => ({
      text: name,
      offset,
      length,
      category: "Person",
      confidenceScore: 0.99,
    }));
  const formed = FORMED.flatMap((form) =>
    findForm(text, form).map((span) => ({ ...span, category: form, confidenceScore: 0.8 })),
  );
  return withoutOverlaps([...people, ...formed]);
}

const share = z.number().min(0, "Supported values 0 (min) to 1 (max).").max(1, "Supported values 0 (min) to 1 (max).");

/** Least scores; the default is the specification's. */
const confidenceScoreThreshold = z.object({
  default: share.default(0.3),
  overrides: z.array(z.object({ entity: z.string(), value: share, language: z.string().optional() })).default([]),
});

type Threshold = z.output<typeof confidenceScoreThreshold>;

const valueExclusionPolicy = z.object({
  caseSensitive: z.boolean().default(false),
  excludedValues: z.array(z.string()),
});

/** Personal data, and the text with it masked. */
export const piiEntityRecognition = definePrebuilt({
  kind: "PiiEntityRecognition",
  languages: PII_LANGUAGES,
  modelVersions: ["2020-07-01", "2021-01-15", "2022-05-15-preview", "2023-09-01"],
  parameters: z.object({
    stringIndexType,
    domain: z.enum(["none", "phi"]).default("none"),
    piiCategories: z.array(z.string()).default(["Default"]),
    excludePiiCategories: z.array(z.string()).default([]),
    redactionCharacter: redactionCharacter.optional(),
    redactionPolicy: redactionPolicy.optional(),
    redactionPolicies: z.array(redactionPolicy).optional(),
    valueExclusionPolicy: valueExclusionPolicy.optional(),
    confidenceScoreThreshold: confidenceScoreThreshold.optional(),
  }),
  analyze({ text, language }, parameters) {
    const { domain, piiCategories, excludePiiCategories, confidenceScoreThreshold: threshold } = parameters;
    const entities = findPersonal(text).filter(({ category, text: value, confidenceScore }) => {
      if (excludePiiCategories.includes(category) || isExcluded(value, parameters.valueExclusionPolicy)) return false;
      if (threshold !== undefined && confidenceScore < leastScore(threshold, category, language)) return false;
      if (domain === "phi" && !HEALTH_DOMAIN.has(category)) return false;
      if (piiCategories.includes("All") || piiCategories.includes(category)) return true;
      return piiCategories.includes("Default") && !ON_REQUEST.has(category);
    });
    const single = parameters.redactionPolicy ?? maskedWith(parameters.redactionCharacter);
    return redact(text, entities, parameters.redactionPolicies ?? [single], parameters.stringIndexType);
  },
});

function isExcluded(value: string, policy: z.output<typeof valueExclusionPolicy> | undefined): boolean {
  if (policy === undefined) return false;
  const comparable = (word: string): string => (policy.caseSensitive ? word : word.toLowerCase());
  return policy.excludedValues.some((excluded) => comparable(excluded) === comparable(value));
}

function leastScore({ default: least, overrides }: Threshold, category: string, language: string): number {
  const override = overrides.find(
    (one) => one.entity === category && (one.language === undefined || one.language === language),
  );
  return override?.value ?? least;
}
