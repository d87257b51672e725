import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * One project after the other, whole stacks first: they wait for the service and for storage, and one that came last
 * would be waited for alone. The units come last, in one piece: they share processes in which what they test is loaded
 * already, and Vitest ends such a process as soon as the file that comes next is of another project.
 */
const PROJECTS = ["e2e", "browser", "alone", "unit"];

/**
 * These before all others: they take longest and compute most of the time, beside stacks that wait. Where no earlier run
 * tells, Vitest would take the largest files for the longest.
 */
const FIRST = [
  "test/simulation/simulate.test.ts",
  "test/e2e/many-documents.test.ts",
  "test/e2e/killed.test.ts",
  "test/e2e/memory.test.ts",
];

/** Begins what takes long early, so that nothing is waited for at the end; within a project as Vitest has it. */
export class SideBySide extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ project, moduleId }: TestSpecification): number => {
      const first = FIRST.findIndex((path) => moduleId.endsWith(path));
      return first === -1 ? FIRST.length + PROJECTS.indexOf(project.name) : first;
    };
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
