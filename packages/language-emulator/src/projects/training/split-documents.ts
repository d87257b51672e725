import { stableFraction } from "../../text.ts";

/** A labelled document, as far as dividing them is concerned. */
export interface SplitDocument {
  location: string;
  dataset?: string | undefined;
  /** Classes or entity types in it. */
  categories: readonly string[];
}

/** Locations by what they are for. */
export interface Split {
  training: Set<string>;
  validation: Set<string>;
  test: Set<string>;
}

/** The documents as their `dataset` says; those that say nothing are learned from. */
export function splitByDataset(documents: readonly SplitDocument[]): Split {
  const isTest = ({ dataset }: SplitDocument): boolean => dataset === "Test";
  return {
    training: locations(documents.filter((document) => !isTest(document))),
    validation: new Set(),
    test: locations(documents.filter(isTest)),
  };
}

/**
 * Divides documents by shares, each class by the same: always the same for the same seed. Documents set aside for tests
 * by hand take no part, as the service documents. Every category keeps a document to learn from, so a set can be
 * smaller than its share, but is never empty unless its share is 0 or nothing can be spared.
 * @param shares of the documents, 0 to 1
 */
export function splitByShare(
  documents: readonly SplitDocument[],
  shares: { test: number; validation: number },
  seed: string,
): Split {
  const candidates = documents.filter(({ dataset }) => dataset !== "Test");
  const left = new Map<string, number>();
  for (const { categories } of candidates) {
    for (const category of categories) left.set(category, (left.get(category) ?? 0) + 1);
  }
  const order = mixed(candidates, seed);
  const take = (share: number): Set<string> => {
    const wanted = share === 0 ? 0 : Math.max(1, Math.round(candidates.length * share));
    const taken = new Set<string>();
    for (const document of [...order]) {
      if (taken.size >= wanted || order.length <= 1) break;
      const categories = new Set(document.categories);
      if ([...categories].some((category) => (left.get(category) ?? 0) <= 1)) continue;
      for (const category of categories) left.set(category, (left.get(category) ?? 0) - 1);
      taken.add(document.location);
      order.splice(order.indexOf(document), 1);
    }
    return taken;
  };
  const test = take(shares.test);
  const validation = take(shares.validation);
  return { training: locations(order), validation, test };
}

/** Shuffled by the seed, then so that the first so many have each class in proportion. */
function mixed(documents: readonly SplitDocument[], seed: string): SplitDocument[] {
  const groups = new Map<string, SplitDocument[]>();
  const shuffled = documents
    .map((document) => ({ document, rank: stableFraction(`${seed} ${document.location}`) }))
    .toSorted((a, b) => a.rank - b.rank);
  for (const { document } of shuffled) {
    const [first = ""] = document.categories;
    groups.set(first, [...(groups.get(first) ?? []), document]);
  }
  return [...groups.values()]
    .flatMap((group) => group.map((document, index) => ({ document, place: (index + 0.5) / group.length })))
    .toSorted((a, b) => a.place - b.place)
    .map(({ document }) => document);
}

function locations(documents: readonly SplitDocument[]): Set<string> {
  return new Set(documents.map(({ location }) => location));
}
