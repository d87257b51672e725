import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Spreads the files of each project over the run, so that at each moment some compute and some wait; those that start
 * whole stacks over its beginning, because one that came last would be waited for alone. Within a project the longest
 * come first, as Vitest has it.
 */
export class SideBySide extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const total = Map.groupBy(sorted, ({ project }) => project.name);
    const places = [...total].flatMap(([project, some]) =>
      some.map((file, index) => ({ file, place: (index / some.length) * (project === "e2e" ? 0.6 : 1) })),
    );
    return places.sort((one, other) => one.place - other.place).map(({ file }) => file);
  }
}
