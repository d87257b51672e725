import { describe, expect, it } from "vitest";
import { entity, merge } from "./parts-of.ts";

const TEXT = "Ana flew from Basel to New York City today. Berta stayed.";
const CUT = TEXT.indexOf(" City");
const ana = entity(TEXT, "Ana", "Person");
const basel = entity(TEXT, "Basel", "Location");
const newYork = entity(TEXT, "New York", "Location");
const city = entity(TEXT, "New York City", "Location");
const berta = entity(TEXT, "Berta", "Person");

describe.each(["CustomEntityRecognition", "EntityRecognition", "PiiEntityRecognition"] as const)(
  "merging %s",
  (kind) => {
    const entities = (left: readonly object[], right: readonly object[], cut = CUT) =>
      merge(kind, TEXT, [
        { from: 0, to: cut, content: { entities: left } },
        { from: 9, to: TEXT.length, content: { entities: right } },
      ]).entities;

    it("keeps what both chunks found once, with the higher confidence and all its fields", () => {
      const surer = { ...basel, confidenceScore: 0.95, tags: [{ name: "City" }] };
      expect(entities([ana, basel], [surer, berta])).toEqual([ana, surer, berta]);
      expect(entities([ana, surer], [basel, berta])).toEqual([ana, surer, berta]);
    });

    it("keeps the whole of an entity that the cut runs through, not its half", () => {
      expect(entities([newYork], [city])).toEqual([city]);
      const half = entity(TEXT, "York City", "Location");
      const others = merge(kind, TEXT, [
        { from: 0, to: TEXT.length - 10, content: { entities: [city] } },
        { from: TEXT.indexOf("York"), to: TEXT.length, content: { entities: [half] } },
      ]);
      expect(others.entities).toEqual([city]);
    });

    it("knows a half at the cut also by another category", () => {
      const times = { ...city, category: "Organization" };
      expect(entities([newYork], [times])).toEqual([times]);
    });

    it("keeps two categories of one span, and overlapping entities that both chunks found", () => {
      const organization = { ...newYork, category: "Organization" };
      const found = [newYork, organization, city];
      expect(entities(found, found, TEXT.length - 3)).toEqual(found);
    });

    it("keeps different entities over one another that no cut explains", () => {
      const flight = { ...entity(TEXT, "Basel to New York", "Flight") };
      expect(entities([basel], [flight, city], TEXT.length - 3)).toEqual([basel, flight, city]);
    });

    it("keeps a span that one chunk names twice, twice", () => {
      const [one, two] = [
        { ...basel, subcategory: "City" },
        { ...basel, subcategory: "Canton" },
      ];
      expect(entities([one, two], [one, two])).toEqual([one, two]);
    });

    it("keeps once what a chunk lists twice exactly, also when the other chunk has it once", () => {
      const double = { ...basel, tags: [{ name: "City" }] };
      const again = { tags: [{ name: "City" }], ...basel };
      expect(entities([double, again], [double])).toEqual([double]);
      expect(entities([double], [berta, double, again])).toEqual([double, berta]);
      expect(entities([ana, ana], [berta])).toEqual([ana, berta]);
    });

    it("keeps an entity that lies only partly over one of the other chunk", () => {
      const [fromBasel, toNewYork] = [
        entity(TEXT, "from Basel", "Location"),
        entity(TEXT, "Basel to New York", "Location"),
      ];
      expect(entities([fromBasel], [toNewYork])).toEqual([fromBasel, toNewYork]);
      const trip = entity(TEXT, "Ana flew from", "Trip");
      const begins = entity(TEXT, "from", "Preposition");
      const merged = merge(kind, TEXT, [
        { from: 0, to: 15, content: { entities: [trip] } },
        { from: 9, to: TEXT.length, content: { entities: [fromBasel, begins] } },
      ]);
      // The cut runs through "Ana flew from", whose end the right chunk found alone; "from Basel" goes on behind it.
      expect(merged.entities).toEqual([trip, fromBasel]);
    });

    it("pairs what chunks name twice by its details, in whatever order", () => {
      const [one, two] = [
        { ...basel, subcategory: "City" },
        { ...basel, subcategory: "Canton" },
      ];
      expect(entities([one, two], [two, one])).toEqual([one, two]);
      expect(entities([one, two], [{ ...two, type: "Region", confidenceScore: 0.95 }, one])).toEqual([
        one,
        { ...two, type: "Region", confidenceScore: 0.95 },
      ]);
    });

    it("keeps once what two chunks describe differently, as the surer says", () => {
      const surer = { ...basel, subcategory: "City", confidenceScore: 0.95 };
      expect(entities([basel], [surer])).toEqual([surer]);
    });

    it("orders them as they stand in the text", () => {
      expect(entities([ana, city], [basel, berta], TEXT.length - 3)).toEqual([ana, basel, city, berta]);
    });
  },
);
