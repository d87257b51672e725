import { type Span, spanOf, termPattern } from "../text.ts";

/** A name that the prebuilt kinds know. */
interface KnownName {
  category: "Person" | "Location" | "Organization";
  /** Finer type, on the wire as `subcategory` and `type`. */
  type?: string;
  /** Title of the English article about it, for entity linking. */
  article?: string;
}

const names = (text: string, entry: KnownName): [string, KnownName][] => text.split(", ").map((name) => [name, entry]);
const place = (text: string, type: string): [string, KnownName][] =>
  text.split(", ").map((name) => [name, { category: "Location", type, article: name }]);

const KNOWN: ReadonlyMap<string, KnownName> = new Map([
  ...place("Berlin, Hamburg, Madrid, Dublin, Paris, London, Vienna, Seattle, Tokyo, Rome, Lisbon, Sofia", "City"),
  ...place("Germany, Spain, Ireland, France, Japan, Austria, Italy, Portugal, Bulgaria", "CountryRegion"),
  ["Deutschland", { category: "Location", type: "CountryRegion", article: "Germany" }],
  ["España", { category: "Location", type: "CountryRegion", article: "Spain" }],
  ["Irland", { category: "Location", type: "CountryRegion", article: "Ireland" }],
  ["Wien", { category: "Location", type: "City", article: "Vienna" }],
  ["Sevilla", { category: "Location", type: "City", article: "Seville" }],
  ["Köln", { category: "Location", type: "City", article: "Cologne" }],
  ["Microsoft", { category: "Organization", article: "Microsoft" }],
  ["United Nations", { category: "Organization", article: "United Nations" }],
  ["European Union", { category: "Organization", article: "European Union" }],
  ["World Health Organization", { category: "Organization", type: "Medical", article: "World Health Organization" }],
  ["Contoso", { category: "Organization" }],
  ["Fabrikam", { category: "Organization" }],
  ["Northwind Traders", { category: "Organization" }],
  ["Ada Lovelace", { category: "Person", article: "Ada Lovelace" }],
  ["Marie Curie", { category: "Person", article: "Marie Curie" }],
  ["Alan Turing", { category: "Person", article: "Alan Turing" }],
  ...names("Helen Ashby, Hannah Cole, Tom Okafor, Mei Tanaka, Sam Carter, Priya Raman", { category: "Person" }),
  ...names("Claudia Brandt, Anke Vogel, Jonas Weber, Emre Yilmaz, Erika Mustermann", { category: "Person" }),
  ...names("Diego Salas, Nuria Campos, Lucía Herrera, Marco Ibáñez, John Smith, Jane Doe", { category: "Person" }),
]);

/** Known names in a text, by name and not by place. */
export function findNames(text: string): (Span & KnownName)[] {
  return [...KNOWN].flatMap(([name, entry]) =>
    [...text.matchAll(termPattern(name, "gu"))].map((match) => ({
      ...spanOf(text, match.index, match.index + match[0].length),
      ...entry,
    })),
  );
}

/** Things recognised by their form: categories and subcategories as the prebuilt kinds name them. */
export const FORMS = {
  Email:
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}(?![\p{L}\p{N}])/gu,
  URL: /(?<![\p{L}\p{N}])https?:\/\/[^\s<>"'()]{1,500}[^\s<>"'().,;:!?]/gu,
  PhoneNumber: /(?<![\p{L}\p{N}-])(?:\+\d{1,3}[ -]?)?(?:\(\d{2,5}\)|\d{2,5})[ -]\d{3,5}[ -]?\d{2,6}(?![\p{L}\p{N}-])/gu,
  USSocialSecurityNumber: /(?<![\p{L}\p{N}-])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}-])/gu,
  InternationalBankingAccountNumber:
    /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/gu,
  CreditCardNumber: /(?<![\p{L}\p{N}-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\p{L}\p{N}-])/gu,
  IPAddress: /(?<![\p{L}\p{N}.])(?:\d{1,3}\.){3}\d{1,3}(?![\p{L}\p{N}])/gu,
  Date: /(?<![\p{L}\p{N}-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}-])|(?<![\p{L}\p{N}])\d{1,2}\. (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)(?: \d{4})?|(?<!\p{L})(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:, \d{4})?/gu,
  Time: /(?<![\p{L}\p{N}:])\d{1,2}:\d{2}(?![\p{N}:])/gu,
  Duration:
    /(?<![\p{L}\p{N}])\d+ (?:seconds?|minutes?|hours?|days?|Sekunden|Minuten?|Stunden?|Tagen?|segundos|minutos?|horas?|días?)(?!\p{L})/giu,
  Currency:
    /(?<![\p{L}\p{N}])(?:[$€£] ?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)* ?(?:€|\$|£|euros?|dollars?|dólares))(?![\p{L}\p{N}])/giu,
  Percentage: /(?<![\p{L}\p{N}])\d+(?:[.,]\d+)? ?(?:%|percent|Prozent|por ciento)/giu,
} as const;

/** Every match of one form. */
export function findForm(text: string, form: keyof typeof FORMS): Span[] {
  return [...text.matchAll(FORMS[form])].map((match) => spanOf(text, match.index, match.index + match[0].length));
}
