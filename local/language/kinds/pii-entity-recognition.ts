import * as z from "zod";
import { type Span, withoutOverlaps } from "../text/segments.ts";
import { type FORMS, findForm, findNames } from "./gazetteer.ts";
import { definePrebuilt, stringIndexType } from "./kind.ts";
import { PREBUILT_LANGUAGES } from "./languages.ts";

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

const redactionPolicy = z.object({
  policyKind: z
    .enum(["maskWithCharacter", "maskWithRedactionCharacter", "doNotRedact", "noMask", "maskWithEntityType"])
    .default("maskWithRedactionCharacter"),
  redactionCharacter: z.string().length(1).optional(),
});

/** Personal data, and the text with it masked, one asterisk for each UTF-16 code unit. */
export const piiEntityRecognition = definePrebuilt({
  kind: "PiiEntityRecognition",
  languages: PREBUILT_LANGUAGES,
  modelVersions: ["2020-07-01", "2021-01-15", "2022-05-15-preview", "2023-09-01"],
  parameters: z.object({
    stringIndexType,
    domain: z.enum(["none", "phi"]).default("none"),
    piiCategories: z.array(z.string()).optional(),
    excludePiiCategories: z.array(z.string()).optional(),
    redactionCharacter: z.string().length(1).optional(),
    redactionPolicy: redactionPolicy.optional(),
  }),
  analyze({ text }, parameters, { redactionPolicies }) {
    const { domain, piiCategories = ["Default"] } = parameters;
    const excluded = redactionPolicies ? (parameters.excludePiiCategories ?? []) : [];
    const entities = findPersonal(text).filter(({ category }) => {
      if (excluded.includes(category)) return false;
      if (domain === "phi" && !HEALTH_DOMAIN.has(category)) return false;
      if (piiCategories.includes("All") || piiCategories.includes(category)) return true;
      return piiCategories.includes("Default") && !ON_REQUEST.has(category);
    });
    const policy = (redactionPolicies ? parameters.redactionPolicy : undefined)?.policyKind;
    if (policy === "doNotRedact" || policy === "noMask") return { entities };
    const character = parameters.redactionPolicy?.redactionCharacter ?? parameters.redactionCharacter ?? "*";
    const masks = masker(policy, redactionPolicies ? character : "*");
    return { redactedText: redact(text, entities, masks), entities };
  },
});

function masker(policy: string | undefined, character: string): (entity: PersonalEntity) => string {
  if (policy === "maskWithEntityType") return ({ category }) => `[${category}]`;
  return ({ length }) => character.repeat(length);
}

function redact(text: string, entities: readonly PersonalEntity[], mask: (entity: PersonalEntity) => string): string {
  let redacted = "";
  let at = 0;
  for (const entity of entities) {
    redacted += text.slice(at, entity.offset) + mask(entity);
    at = entity.offset + entity.length;
  }
  return redacted + text.slice(at);
}
