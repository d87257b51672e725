import { describe, expect, it } from "vitest";
import type { Fields } from "../../../../src/lib/results/merge/parts.ts";
import { entity, merge } from "./parts-of.ts";

interface Answer {
  entities: readonly Fields[];
  redactedText: string;
}

/** What two chunks say about the whole of a text, merged in both orders. */
function bothOrders(text: string, one: Answer, other: Answer) {
  const chunk = (content: Answer) => ({ from: 0, to: text.length, content: { ...content } });
  return [
    [one, other],
    [other, one],
  ].map((answers) => merge("PiiEntityRecognition", text, answers.map(chunk)));
}

const CALL = "Call Dr Ann Smith now.";
const ann = entity(CALL, "Ann Smith", "Person");
const doctor = entity(CALL, "Dr Ann Smith", "PersonType");

describe("what one chunk masks and another leaves to be read", () => {
  it("is masked where the readable entity is longer", () => {
    const merged = merge("PiiEntityRecognition", CALL, [
      { from: 0, to: CALL.length, content: { entities: [ann], redactedText: "Call Dr ********* now." } },
      { from: 5, to: CALL.length, content: { entities: [doctor], redactedText: "Dr Ann Smith now." } },
    ]);
    expect(merged.redactedText).toBe("Call Dr ********* now.");
  });

  it.each([
    ["asterisks", "By *********.", {}],
    ["a name of its own", "By [PERSON_1].", { mask: "[PERSON_1]", maskOffset: 3, maskLength: 10 }],
  ])("is masked where both have the same span, with %s", (_, redactedText, fields) => {
    const text = "By Ann Smith.";
    const readable = { entities: [entity(text, "Ann Smith", "Organization")], redactedText: text };
    const masked = { entities: [entity(text, "Ann Smith", "Person", fields)], redactedText };
    for (const merged of bothOrders(text, readable, masked)) expect(merged.redactedText).toBe(redactedText);
  });

  it("is masked where one shows the end of it", () => {
    const text = "1234567890121111";
    const card = entity(text, text, "CreditCardNumber");
    const ending = { entities: [card], redactedText: "************1111" };
    const whole = { entities: [card], redactedText: "*".repeat(16) };
    for (const merged of bothOrders(text, ending, whole)) expect(merged.redactedText).toBe("*".repeat(16));
    for (const merged of bothOrders(text, ending, ending)) expect(merged.redactedText).toBe("************1111");
  });

  it("is masked where one shows its beginning and the other its end", () => {
    const text = "Mail jane@contoso.example.";
    const mail = entity(text, "jane@contoso.example", "Email");
    const beginning = { entities: [mail], redactedText: "Mail jane****************." };
    const end = { entities: [mail], redactedText: "Mail ********so.example." };
    for (const merged of bothOrders(text, beginning, end)) {
      expect(merged.redactedText).toBe("Mail ********************.");
    }
  });

  it("is masked where the readable entity lies over named masks", () => {
    const text = "For Ann and Bob Ltd only.";
    const people = [
      { ...entity(text, "Ann", "Person"), mask: "[PERSON_1]", maskOffset: 4, maskLength: 10 },
      { ...entity(text, "Bob", "Person"), mask: "[PERSON_2]", maskOffset: 19, maskLength: 10 },
    ];
    const named = {
      entities: [entity(text, "Ann and Bob Ltd", "Organization"), ...people],
      redactedText: "For [PERSON_1] and [PERSON_2] Ltd only.",
    };
    const middle = { entities: [entity(text, "and", "Quantity")], redactedText: "For Ann *** Bob Ltd only." };
    for (const merged of bothOrders(text, named, middle)) expect(merged.redactedText).toBe("For *********** Ltd only.");
    for (const merged of bothOrders(text, named, named)) expect(merged.redactedText).toBe(named.redactedText);
    const company = {
      entities: [entity(text, "Ann and Bob", "Organization")],
      redactedText: "For [COMPANY] Ltd only.",
    };
    for (const merged of bothOrders(text, named, company)) expect(merged.redactedText).toBe(company.redactedText);
  });

  it("is masked where readable text between masks is out of its place, though all lengths add up", () => {
    const text = "1234567x901234567 is it.";
    const named = {
      entities: [
        entity(text, "1234567x901234567", "Code"),
        entity(text, "1234567", "Number"),
        entity(text, "901234567", "Number"),
      ],
      redactedText: "[NUMB_1]x[NUMB_2] is it.",
    };
    const letter = { entities: [entity(text, "x", "Letter")], redactedText: "1234567*901234567 is it." };
    for (const merged of bothOrders(text, named, letter)) {
      expect(merged.redactedText).toBe(`${"*".repeat(17)} is it.`);
    }
  });

  it("has the mask that the service states for the whole of it, whatever else is listed within", () => {
    const text = "By Ann Smith.";
    const stated = (mask: string) => ({
      entities: [
        { ...entity(text, "Ann Smith", "Person"), mask, maskOffset: 3, maskLength: mask.length },
        entity(text, "Ann", "FirstName"),
      ],
      redactedText: `By ${mask}.`,
    });
    const [merged] = bothOrders(text, stated("[PERSON_1]"), stated("[PERSON_2]"));
    expect(merged?.redactedText).toBe("By [PERSON_1].");
  });

  it("is masked where the same word stands readable beside a mask that is not stated", () => {
    const text = "By Ann Smith Bob.";
    const [annSmith, bob] = [entity(text, "Ann Smith", "Organization"), entity(text, "Bob", "Person")];
    const readable = { entities: [annSmith, bob], redactedText: "By Ann Smith [PERSON_1]." };
    const masked = { entities: [annSmith, bob], redactedText: "By [ORGANIZATION_1] [PERSON_1]." };
    for (const merged of bothOrders(text, readable, masked)) expect(merged.redactedText).toBe(masked.redactedText);
  });
});

describe("the mask of an entity", () => {
  const readable = { mask: "Dr Ann Smith", maskOffset: 5, maskLength: 12 };

  it("is its own text where no chunk masks it", () => {
    const answer = { entities: [{ ...doctor, ...readable }], redactedText: CALL };
    const none = { entities: [], redactedText: CALL };
    for (const merged of bothOrders(CALL, answer, none)) expect(merged.entities).toEqual([{ ...doctor, ...readable }]);
  });

  it("is left out where a chunk masks what another shows of it", () => {
    const shown = { entities: [{ ...doctor, ...readable }], redactedText: CALL };
    const masked = { entities: [ann], redactedText: "Call Dr ********* now." };
    for (const merged of bothOrders(CALL, shown, masked)) expect(merged.entities).toEqual([doctor, ann]);
  });

  it("stands where the entity says, also when another chunk masks more of it", () => {
    const stated = (mask: string) => {
      return { entities: [{ ...ann, mask, maskOffset: 8, maskLength: 9 }], redactedText: `Call Dr ${mask} now.` };
    };
    const expected = stated("*********").entities;
    for (const merged of bothOrders(CALL, stated("*****mith"), stated("*********"))) {
      expect(merged.entities).toEqual(expected);
    }
    for (const merged of bothOrders(CALL, stated("*****mith"), stated("Ann******"))) {
      expect(merged).toEqual({ redactedText: "Call Dr ********* now.", entities: [ann] });
    }
  });
});
