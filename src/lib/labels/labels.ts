import { z } from "zod";
import { jsonPath } from "../common/json-file.ts";
import { quote, valueAt } from "../common/problems.ts";
import type { ProjectKind } from "../language/authoring/authoring.ts";

/** Where something stands in a labels file. */
export type JsonPath = readonly (string | number)[];

/**
 * What a labels file says, in one shape for all its formats. Values are as the file has them: `check-labels.ts` judges
 * them. Offsets and lengths are UTF-16 code units of the whole text.
 */
export interface Labels {
  kind: ProjectKind;
  categories: readonly Category[];
  documents: readonly LabelledDocument[];
}

/** A class or an entity. */
export interface Category {
  at: JsonPath;
  name: string;
  /** What the assets format says of it besides (`description`, `list`, `prebuilts`, …), kept for the import. */
  more: Readonly<Record<string, unknown>>;
}

export interface LabelledDocument {
  at: JsonPath;
  /** Name of the text in the training container. */
  location: string;
  /** Absent: the project's. */
  language?: string | undefined;
  /** `Train` or `Test`. */
  dataset?: string | undefined;
  /** Its classes, by name. */
  classes: readonly { at: JsonPath; category: string }[];
  /** Its entities, by the regions of the text that were labelled. */
  regions: readonly Region[];
  /** What the assets format says of it besides. */
  more: Readonly<Record<string, unknown>>;
}

/** A part of a text in which every entity is labelled; training looks at nothing outside. */
export interface Region {
  at: JsonPath;
  offset: number;
  length: number;
  labels: readonly Span[];
}

export interface Span {
  at: JsonPath;
  category: string;
  offset: number;
  length: number;
}

/** Something wrong with labels, told before anything is sent to the service. */
export interface LabelsProblem {
  /** `error`: nothing is sent; `warning`: the service may do other than expected. */
  severity: "error" | "warning";
  /** Stable, for example `UnknownClass`. */
  code: string;
  /** The labels file, as its user named it. */
  file: string;
  /** `assets.documents[3].classes[0].category`. */
  path: string;
  /** Name of the text that the problem is about. */
  document?: string;
  found: string;
  expected: string;
  hint?: string;
}

export type NewProblem = Pick<LabelsProblem, "code" | "found" | "expected"> & {
  at: JsonPath;
  document?: string | undefined;
  hint?: string | undefined;
};

/** Collects everything that is wrong with one labels file. */
export class LabelsProblems {
  readonly file: string;
  readonly #all: LabelsProblem[] = [];

  constructor(file: string) {
    this.file = file;
  }

  get all(): readonly LabelsProblem[] {
    return this.#all;
  }

  get hasErrors(): boolean {
    return this.#all.some(({ severity }) => severity === "error");
  }

  error(problem: NewProblem): void {
    this.#add("error", problem);
  }

  warning(problem: NewProblem): void {
    this.#add("warning", problem);
  }

  /** The file has no list of what its kind of project tells apart. */
  missing(field: string, kind: ProjectKind): void {
    this.error({ code: "WrongForm", at: [], found: `no "${field}"`, expected: `"${field}", which a ${kind} needs` });
  }

  /** Adds what was collected apart. */
  take(others: LabelsProblems): void {
    this.#all.push(...others.all);
  }

  /**
   * Checks the form of a part of the file.
   * @returns undefined when it is wrong; the problems are collected then
   */
  parse<Output>(
    schema: z.ZodType<Output>,
    raw: unknown,
    { at, document }: { at: JsonPath; document?: string | undefined },
  ): Output | undefined {
    const parsed = schema.safeParse(raw);
    for (const issue of parsed.error?.issues ?? []) {
      const steps = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
      this.error({
        code: "WrongForm",
        at: [...at, ...steps],
        document,
        found: quote(valueAt(raw, issue.path)),
        expected: issue.message,
      });
    }
    return parsed.data;
  }

  #add(severity: LabelsProblem["severity"], { at, document, hint, ...problem }: NewProblem): void {
    this.#all.push({
      severity,
      ...problem,
      file: this.file,
      path: jsonPath(at),
      ...(document === undefined ? {} : { document }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** A problem on one line, for a terminal or a log. */
export function problemLine({ severity, file, path, document, found, expected, hint }: LabelsProblem): string {
  const about = document === undefined ? "" : ` (document "${document}")`;
  const advice = hint === undefined ? "" : ` ${hint}`;
  return `${severity}: ${file}: ${path}${about}: found ${found}, expected ${expected}.${advice}`;
}

const COUNT_EXPECTED = "a whole number, at least 0";

/** An offset, a length or a place in a list. */
export const count = z.int({ error: COUNT_EXPECTED }).min(0, { error: COUNT_EXPECTED });

/** The name of something. */
export const name = z.string({ error: "a name" }).min(1, { error: "a name" });

/** A list whose items are checked one by one later, so that a wrong one hides no other. */
export const list = (what: string) => z.array(z.unknown(), { error: `a list of ${what}` });

/** Reads each item of a list with the place at which it stands, and leaves out what cannot be read. */
export function readEach<Item>(
  items: readonly unknown[],
  at: JsonPath,
  read: (item: unknown, at: JsonPath) => Item | undefined,
): Item[] {
  return items.flatMap((item, index) => {
    const one = read(item, [...at, index]);
    return one === undefined ? [] : [one];
  });
}

const regionSchema = z.looseObject(
  { regionOffset: count, regionLength: count, labels: list("labels").default([]) },
  { error: "an object with regionOffset, regionLength and labels" },
);

/**
 * Reads a region as every format since November 2021 has it; they differ in how a label names its entity.
 * @returns undefined for what is no region
 */
export function readRegion(
  raw: unknown,
  where: { at: JsonPath; document: string },
  problems: LabelsProblems,
  readLabel: (label: unknown, at: JsonPath) => Span | undefined,
): Region | undefined {
  const region = problems.parse(regionSchema, raw, where);
  if (region === undefined) return undefined;
  const labels = readEach(region.labels, [...where.at, "labels"], readLabel);
  return { at: where.at, offset: region.regionOffset, length: region.regionLength, labels };
}
