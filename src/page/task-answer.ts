import type { TaskAnswer } from "./answers.ts";
import type { Span } from "./marks.ts";

/** Something that a task found in the text. */
export interface Found extends Span {
  /** The words, as the record has them. */
  text: string;
  /** What else is known of it: score, subcategory, assertion. */
  detail: string;
}

/** How entities hang together. */
export interface Relation {
  type: string;
  /** Which entity plays which part, by the id of its mark; undefined for a reference that leads nowhere. */
  parts: { role: string; id: string | undefined }[];
}

/** What the page shows of a task's answer. What it does not know is in the raw record. */
export interface ReadAnswer {
  classes: { category: string; score: number | undefined }[];
  entities: Found[];
  /** Sentences that the task marked: with their sentiment, or because they are the summary. */
  sentences: Found[];
  relations: Relation[];
  /** Plain texts: key phrases. */
  phrases: string[];
  /** Longer texts: summaries. */
  texts: string[];
  sentiment: string | undefined;
}

/**
 * Reads a task's answer. Every field is the service's, and may be missing or of another form: what does not fit is left out.
 * @param task its number in the record, for the ids of its marks
 */
export function readAnswer(answer: TaskAnswer, task: number): ReadAnswer {
  const found = (items: Fields[], name: string, label: (item: Fields) => string): Found[] =>
    items.flatMap((item, index) => {
      const [offset, length] = [item.offset, item.length];
      if (!isPosition(offset) || !isPosition(length)) return [];
      return [
        {
          id: `${name}-${task}-${index}`,
          offset,
          length,
          label: label(item),
          text: textOf(item.text),
          detail: detailOf(item),
        },
      ];
    });
  const linked = fieldsOf(answer.entities).flatMap((entity) =>
    fieldsOf(entity.matches).map((match) => ({ ...match, category: textOf(entity.name) || "link" })),
  );
  const entities = found(fieldsOf(answer.entities), "entity", ({ category }) => textOf(category) || "entity");
  const known = new Set(entities.map(({ id }) => id));
  return {
    classes: fieldsOf(answer.classes).map(({ category, confidenceScore }) => ({
      category: textOf(category),
      score: typeof confidenceScore === "number" ? confidenceScore : undefined,
    })),
    entities: [...entities, ...found(linked, "link", ({ category }) => textOf(category))],
    sentences: found(fieldsOf(answer.sentences), "sentence", ({ sentiment }) => textOf(sentiment) || "summary"),
    relations: fieldsOf(answer.relations).map(({ relationType, entities: parts }) => ({
      type: textOf(relationType),
      parts: fieldsOf(parts).map(({ role, ref }) => {
        const [, index] = /^#\/entities\/(\d+)$/.exec(textOf(ref)) ?? [];
        const id = `entity-${task}-${index}`;
        return { role: textOf(role), id: known.has(id) ? id : undefined };
      }),
    })),
    phrases: listOf(answer.keyPhrases).filter((each) => typeof each === "string"),
    texts: fieldsOf(answer.summaries).map(({ text }) => textOf(text)),
    sentiment: typeof answer.sentiment === "string" ? answer.sentiment : undefined,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields[] {
  return listOf(value).filter((each): each is Fields => typeof each === "object" && each !== null);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function detailOf({ subcategory, confidenceScore, rankScore, assertion }: Fields): string {
  const score = confidenceScore ?? rankScore;
  const asserted = typeof assertion === "object" && assertion !== null ? Object.values(assertion) : [];
  return [
    textOf(subcategory),
    ...asserted.filter((each) => typeof each === "string"),
    typeof score === "number" ? score.toFixed(2) : "",
  ]
    .filter((each) => each !== "")
    .join(" · ");
}
