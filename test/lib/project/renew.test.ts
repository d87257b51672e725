import { describe, expect, it } from "vitest";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

const renew = async (options: { modelLabel?: string } = {}) => {
  expect(await enqueueCommand(fixture.context(), "tickets", { action: "renew", ...options })).toBe("accepted");
  return (await fixture.run()).result;
};
const scored = (macroF1: number) => {
  fixture.service.scores = { ...fixture.service.scores, macroF1, microF1: macroF1 };
};

describe("a renewal", () => {
  it("trains a new model on the current configuration and exchanges it with the one that serves", async () => {
    await fixture.drop(
      fixture.definition({
        training: { modelLabel: "m1", trainingConfigVersion: "2022-05-01" },
        thresholds: { macroF1: 0.5 },
      }),
    );
    await fixture.run();
    const imports = fixture.service.count("POST /tickets/:import");
    const served: (string | undefined)[] = [];
    fixture.service.onEffect = () => served.push(fixture.service.served("tickets", "production"));
    const result = await renew({ modelLabel: "m2" });
    expect(result).toMatchObject({ state: "succeeded", deployment: { name: "production", model: "m2" } });
    expect(fixture.service.served("tickets", "production")).toBe("m2");
    expect(served).not.toContain(undefined);
    expect(fixture.trainings()).toBe(2);
    const trained = fixture.service.asked.filter(({ path }) => path.endsWith("/:train")).at(-1);
    expect(trained?.body).toMatchObject({ modelLabel: "m2", trainingConfigVersion: "latest" });
    expect(fixture.service.count("POST /tickets/:import")).toBe(imports);
  });

  it.each([
    [0.88, "succeeded", "m2"],
    [0.8, "belowThreshold", "m1"],
  ])(
    "of a model that scores %d where the serving one scored 0.9 ends %s, and %s serves",
    async (score, state, model) => {
      await fixture.serve();
      scored(score);
      // The service tells the scores of the model that serves no longer: those remembered from its training count.
      fixture.service.refuse = ({ path }) =>
        path.includes("/models/m1/evaluation") ? { status: 404, code: "NotFound" } : undefined;
      expect(await renew({ modelLabel: "m2" })).toMatchObject({ state });
      expect(fixture.service.served("tickets", "production")).toBe(model);
      if (state === "succeeded") return;
      expect((await fixture.status()).error).toMatchObject({
        code: "BelowThreshold",
        message:
          'The model "m2" is not good enough to be deployed: macro F1 is 0.8, that of "m1", which serves, 0.9; micro F1 is 0.8, that of "m1", which serves, 0.9',
      });
    },
  );

  it("never trains over the model that serves, whatever label the project file has", async () => {
    await fixture.serve();
    const result = await renew();
    expect(result?.deployment?.model).toMatch(/^m\d{14}$/);
  });
});
