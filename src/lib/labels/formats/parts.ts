import { z } from "zod";

const COUNT_EXPECTED = "a whole number, at least 0";

/** An offset, a length or a place in a list. */
export const count = z.int({ error: COUNT_EXPECTED }).min(0, { error: COUNT_EXPECTED });

/** The name of something. */
export const name = z.string({ error: "a name" }).min(1, { error: "a name" });

/** A list whose items are checked one by one later, so that a wrong one hides no other. */
export const list = (what: string) => z.array(z.unknown(), { error: `a list of ${what}` });
