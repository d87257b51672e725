import { z } from "zod";
import type { JsonPath, LabelsProblems, Region, Span } from "../labels.ts";

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
