import { describe, expect, it } from "vitest";
import { diagnostics, findBicep, TEMPLATES } from "../../scripts/bicep.ts";

const bicep = findBicep();

describe("the real compiler", () => {
  it.for(TEMPLATES)("finds nothing to say about %s", { timeout: 120_000 }, (file, context) => {
    if ("reasons" in bicep) {
      const reason = `no Bicep compiler here: ${bicep.reasons.join("; ")}`;
      console.warn(`${file} was not compiled, ${reason}`);
      return context.skip(reason);
    }
    console.info(`${file} compiled by ${bicep.found}`);
    expect(diagnostics(bicep, file)).toEqual([]);
  });
});
