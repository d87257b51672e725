import type { Random } from "../../engine/random.ts";
import { BAD } from "../documents.ts";
import type { Action, Plan } from "../fault.ts";

/** In so many of the seeds there are files of rows. */
const SHARE = 0.1;

/** A row of a file as a plan has it. */
export interface PlannedRow {
  id: string;
  text: string;
}

/** One or two files of rows, dropped again with rows that changed, came and went. */
export function withRows(plan: Plan, random: Random): Plan {
  if (!random.chance(SHARE)) return plan;
  const actions: Action[] = [];
  for (let number = random.whole(1, 2); number > 0; number--) {
    const name = `sheets/${number}.${random.pick(["csv", "jsonl"])}`;
    let rows = Array.from({ length: random.pick([3, 20, 30, 60, 90]) }, (_, index) => rowOf(name, index, 1, random));
    let at = Math.round(plan.activeMs * random.next() * 0.3);
    const drop = (): void => void actions.push({ at, kind: "drop", name, text: fileOf(name, rows) });
    drop();
    for (let version = 2; random.chance(0.5); version++) {
      at += random.pick([random.whole(10, 3_000), random.whole(2_000, 120_000)]);
      if (random.chance(0.15)) {
        actions.push({ at, kind: "delete", name });
        at += random.whole(10, 30_000);
      }
      rows = changed(name, rows, version, random);
      drop();
    }
  }
  const pipeline = {
    name: "sheets",
    match: "sheets/**",
    apiVersion: "2023-04-01",
    language: "en",
    lanes: random.pick([1, 2]),
    maxWaitSeconds: 0,
    rows: { text: "text", id: "id", rowsPerPart: 25 },
    tasks: [{ kind: "KeyPhraseExtraction", name: "sheets-phrases" }],
  };
  const within = actions.filter(({ at }) => at < plan.activeMs);
  return { ...plan, pipelines: [...plan.pipelines, pipeline], actions: [...plan.actions, ...within] };
}

/** A row that changed never becomes again what it was. */
function rowOf(name: string, index: number, version: number, random: Random): PlannedRow {
  const bad = random.chance(0.03) ? ` ${BAD}` : "";
  return { id: `r${index}v`, text: `Secret of ${name} row ${index} in version ${version}${bad}` };
}

/** Some rows change, some go, some come at the end, or in front of all others. */
function changed(name: string, rows: readonly PlannedRow[], version: number, random: Random): PlannedRow[] {
  const share = random.pick([0, 0.1, 0.5]);
  const kept = rows
    .filter(() => !random.chance(0.05))
    .map((row) =>
      random.chance(share)
        ? { id: row.id, text: rowOf(name, Number.parseInt(row.id.slice(1), 10), version, random).text }
        : row,
    );
  const fresh = Array.from({ length: random.whole(0, 4) }, (_, index) =>
    rowOf(name, 1_000 * version + index, version, random),
  );
  return random.chance(0.3) ? [...fresh, ...kept] : [...kept, ...fresh];
}

function fileOf(name: string, rows: readonly PlannedRow[]): string {
  if (name.endsWith(".jsonl")) return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return ["id,text", ...rows.map(({ id, text }) => `${id},${text}`)].map((line) => `${line}\n`).join("");
}

/** The rows of a file that a plan drops. */
export function plannedRows(name: string, file: string): PlannedRow[] {
  const lines = file.split("\n").filter((line) => line !== "");
  if (name.endsWith(".jsonl")) return lines.map((line) => JSON.parse(line) as PlannedRow);
  return lines.slice(1).map((line) => {
    const comma = line.indexOf(",");
    return { id: line.slice(0, comma), text: line.slice(comma + 1) };
  });
}
