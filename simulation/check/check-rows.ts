import { createHash } from "node:crypto";
import { BAD } from "../plan/documents.ts";
import { plannedRows } from "../plan/features/rows.ts";
import type { Run } from "../run/run-plan.ts";
import { isExcused } from "./check-bill.ts";
import { type Evidence, isSheet } from "./evidence.ts";
import { mayBlame } from "./may-blame.ts";
import type { Violation } from "./violation.ts";

interface Line {
  id?: string;
  key?: string;
  status: string;
}

/** A part of a file as it stands. */
interface Part {
  container: "results" | "failed";
  /** Of the run, with what stands before it. */
  run: string;
  name: string;
  lines: Line[];
}

/** Each row of a file's current version stands once, nothing of earlier runs is left, and no row is paid twice. */
export function checkRows(run: Run, evidence: Evidence): Violation[] {
  const { versions } = run.happenings;
  const names = [...new Set(versions.map(({ name }) => name))].filter(isSheet);
  if (names.length === 0) return [];
  return [...names.flatMap((name) => checkFile(run, evidence, name)), ...checkPaid(run), ...checkLeft(run)];
}

function checkFile(run: Run, { records }: Evidence, name: string): Violation[] {
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "rows", message: `${name}: ${message}` });
  const parts = partsOf(run, name);
  const runs = new Set(parts.map((part) => part.run));
  if (runs.size > 1) found(`rows of ${runs.size} runs stand: ${[...runs].join(", ")}`);
  const current = run.happenings.versions.find((version) => version.name === name && version.until === undefined);
  const record = records.find((one) => one.pipeline === "sheets" && one.name === name);
  if (current === undefined || record?.etag !== current.etag || record.code === "DocumentNotFound") return violations;
  const rows = plannedRows(name, current.text);
  const standing = new Map<string, (Line & { container: string })[]>();
  for (const { container, lines } of parts) {
    for (const line of lines) {
      const { id = "" } = line;
      standing.set(id, [...(standing.get(id) ?? []), { ...line, container }]);
    }
  }
  for (const { id, text } of rows) {
    const lines = standing.get(id) ?? [];
    standing.delete(id);
    const [line] = lines;
    if (line === undefined || lines.length > 1) {
      found(`the row ${id} stands ${lines.length} times`);
      continue;
    }
    if (line.key !== keyOf(id, text)) found(`the row ${id} is of another text than the file's`);
    const isBad = text.includes(BAD);
    if (isBad !== (line.container === "failed") && (isBad || !mayBlame(run.plan)))
      found(`the row ${id} stands in ${line.container}`);
  }
  if (standing.size > 0) found(`rows stand that the file has not: ${[...standing.keys()].slice(0, 5).join(", ")}`);
  return violations;
}

function partsOf({ world }: Run, file: string): Part[] {
  return (["results", "failed"] as const).flatMap((container) =>
    (world.storage.containers.get(container)?.list(`sheets/${file}.`) ?? []).flatMap(({ name, body }): Part[] => {
      if (!name.endsWith(".jsonl")) return [];
      const lines = body.toString("utf8").split("\n");
      const run = name.slice(0, name.lastIndexOf("/"));
      return [{ container, run, name, lines: lines.filter(Boolean).map((line) => JSON.parse(line) as Line) }];
    }),
  );
}

/** What a row is known by, as `docs/rows.md` has it: of its id and its text. */
function keyOf(id: string, text: string): string {
  return createHash("sha256").update(`${id}\0${text}`).digest("base64url").slice(0, 16);
}

/** A row that did not change is paid once, in however many versions of its file it stands. */
function checkPaid(run: Run): Violation[] {
  const paid = new Map<string, number>();
  for (const job of run.world.language.ledger.accepted) {
    if (isExcused(run, job)) continue;
    for (const { task, textId, answered } of job.outcomes) {
      const text = job.texts.find(({ id }) => id === textId)?.text ?? "";
      if (task === "sheets-phrases" && answered && text.startsWith("Secret")) paid.set(text, (paid.get(text) ?? 0) + 1);
    }
  }
  return [...paid]
    .filter(([, times]) => times > 1)
    .slice(0, 3)
    .map(([text, times]) => ({ promise: "bill", message: `The row "${text}" was paid ${times} times` }));
}

function checkLeft({ world }: Run): Violation[] {
  const left = world.storage.containers.get("language-batch-work")?.list("rows/") ?? [];
  return left.slice(0, 3).map(({ name }) => ({ promise: "left", message: `${name} is left` }));
}
