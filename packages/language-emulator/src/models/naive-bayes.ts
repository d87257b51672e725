import { STOP_WORDS, words } from "../text.ts";
import { type Classifier, rounded } from "./model.ts";

/** A training text and the classes it has. */
export interface LabelledText {
  text: string;
  classes: readonly string[];
}

/**
 * How strongly the features of a text count together: their evidence grows with the root of their number, because the
 * features of a text repeat each other.
 */
const WEIGHT = 0.9;
/** Log odds that a text must have beyond even to get one of several classes: two wrong classes are worse than none. */
const MARGIN = 0.9;
/** Letters of a word that stand for its family: "Rechnung" and "Rechnungen" meet. */
const STEM_LETTERS = 5;

/** The features of a text: its words, and their beginnings. Each counts once. */
function features(text: string): Set<string> {
  const found = new Set<string>();
  for (const { text: word } of words(text.toLowerCase().normalize("NFC"))) {
    if (word.length < 3 || STOP_WORDS.has(word)) continue;
    found.add(word);
    if (word.length > STEM_LETTERS) found.add(`${word.slice(0, STEM_LETTERS)}~`);
  }
  return found;
}

/** How often each feature occurs in a group of texts. */
class FeatureCounts {
  readonly #counts = new Map<string, number>();
  texts = 0;

  add(found: ReadonlySet<string>): void {
    this.texts++;
    for (const feature of found) this.#counts.set(feature, (this.#counts.get(feature) ?? 0) + 1);
  }

  /** Log probability that a text of the group has the feature, with one text added that has half of it. */
  logProbability(feature: string): number {
    return Math.log(((this.#counts.get(feature) ?? 0) + 0.5) / (this.texts + 1));
  }
}

function countGroups(
  texts: readonly LabelledText[],
  categories: readonly string[],
): { vocabulary: Set<string>; inside: Map<string, FeatureCounts>; outside: Map<string, FeatureCounts> } {
  const vocabulary = new Set<string>();
  const inside = new Map(categories.map((category) => [category, new FeatureCounts()]));
  const outside = new Map(categories.map((category) => [category, new FeatureCounts()]));
  for (const { text, classes } of texts) {
    const found = features(text);
    for (const feature of found) vocabulary.add(feature);
    for (const category of categories) (classes.includes(category) ? inside : outside).get(category)?.add(found);
  }
  return { vocabulary, inside, outside };
}

/** For each class, the evidence for it against all others: a sum of log odds over the known features of the text. */
function logOdds(texts: readonly LabelledText[], categories: readonly string[]): (text: string) => Map<string, number> {
  const { vocabulary, inside, outside } = countGroups(texts, categories);
  return (text) => {
    const known = [...features(text)].filter((feature) => vocabulary.has(feature));
    return new Map(
      categories.map((category) => {
        const own = inside.get(category);
        const others = outside.get(category);
        if (own === undefined || others === undefined || own.texts === 0) return [category, Number.NEGATIVE_INFINITY];
        const prior = Math.log((own.texts + 1) / (others.texts + 1));
        const evidence = known.reduce(
          (sum, feature) => sum + own.logProbability(feature) - others.logProbability(feature),
          0,
        );
        return [category, prior + (WEIGHT * evidence) / Math.sqrt(known.length + 1)];
      }),
    );
  };
}

/** Trains a naive Bayes classifier that gives each text exactly one class. */
export function trainSingleLabel(texts: readonly LabelledText[], categories: readonly string[]): Classifier {
  const score = logOdds(texts, categories);
  return {
    type: "classifier",
    classify(text) {
      const scores = [...score(text)];
      const highest = Math.max(...scores.map(([, value]) => value));
      const total = scores.reduce((sum, [, value]) => sum + Math.exp(value - highest), 0);
      const best = scores.find(([, value]) => value === highest);
      return best === undefined ? [] : [{ category: best[0], confidenceScore: rounded(1 / total) }];
    },
  };
}

/** Trains one naive Bayes classifier a class; a text has every class that is likelier than not. */
export function trainMultiLabel(texts: readonly LabelledText[], categories: readonly string[]): Classifier {
  const score = logOdds(texts, categories);
  return {
    type: "classifier",
    classify(text) {
      return [...score(text)]
        .map(([category, value]) => ({ category, confidenceScore: rounded(1 / (1 + Math.exp(MARGIN - value))) }))
        .filter(({ confidenceScore }) => confidenceScore > 0.5)
        .toSorted((a, b) => b.confidenceScore - a.confidenceScore);
    },
  };
}
