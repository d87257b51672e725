import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { jsonPath, readJson } from "../common/json-file.ts";
import { SettingsError, type SettingsProblem, valueAt } from "../common/problems.ts";
import type { Task, TaskKind } from "../language/analysis.ts";
import { parseApiVersion } from "../language/api-versions.ts";
import { type HostRule, isAllowed, notAllowed, shownAddress } from "./endpoint.ts";
import { defaultTaskName, type Pipeline } from "./pipeline.ts";
import { checkRules, describeIssue, type PlacedProblem } from "./pipeline-rules.ts";
import { fileSchema, pipelineSchema } from "./pipeline-schema.ts";

/**
 * Reads the pipelines from a file.
 * @param path relative paths start at the application's folder
 * @param allowed where the app's credentials may go; absent: not looked at
 * @throws SettingsError listing every problem
 */
export function readPipelines(path: string, allowed?: HostRule): Pipeline[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    const problem = {
      where: "PIPELINES_FILE",
      found: `${resolve(path)}, which cannot be read (${code})`,
      expected: "a file",
    };
    throw new SettingsError(path, [problem]);
  }
  return parsePipelines(text, path, allowed);
}

/**
 * Parses `pipelines.json`: JSON that may hold comments.
 * @param source the file's name, for the message
 * @throws SettingsError listing every problem with its path, line, what was found and what was expected
 */
export function parsePipelines(text: string, source: string, allowed?: HostRule): Pipeline[] {
  const file = readJson(text);
  const problems: SettingsProblem[] = [...file.problems];
  const report = ({ path, ...problem }: PlacedProblem) =>
    problems.push({ where: jsonPath(path), line: file.lineOf(path), ...problem });

  const pipelines: Pipeline[] = [];
  if (problems.length === 0) {
    const outer = fileSchema.safeParse(file.value);
    for (const issue of outer.error?.issues ?? []) {
      describeIssue(issue, file.value, Object.keys(fileSchema.shape)).forEach(report);
    }
    const raw = z
      .array(z.unknown())
      .catch([])
      .parse(valueAt(file.value, ["pipelines"]));
    for (const [index, rawPipeline] of raw.entries()) {
      const outcome = parsePipeline(rawPipeline);
      for (const { path, ...problem } of outcome.problems) report({ path: ["pipelines", index, ...path], ...problem });
      if (outcome.pipeline !== undefined) pipelines.push(outcome.pipeline);
    }
    checkRules(raw).forEach(report);
    if (allowed !== undefined) foreignEndpoints(raw, allowed).forEach(report);
  }
  if (problems.length > 0) throw new SettingsError(source, byLine(problems));
  return pipelines;
}

/** Endpoints that the app's credentials do not go to; an address that is none is reported by its schema. */
function foreignEndpoints(raw: readonly unknown[], allowed: HostRule): PlacedProblem[] {
  const named = raw.flatMap((pipeline, index) => {
    const several = z
      .array(z.unknown())
      .catch([])
      .parse(valueAt(pipeline, ["endpoints"]));
    const paths = [["endpoint"], ...several.map((_, at) => ["endpoints", at, "endpoint"])];
    return paths.map((path) => ({ path: ["pipelines", index, ...path], endpoint: valueAt(pipeline, path) }));
  });
  return named.flatMap(({ path, endpoint }) => {
    if (typeof endpoint !== "string" || !URL.canParse(endpoint) || isAllowed(endpoint, allowed)) return [];
    return [
      {
        path,
        found: shownAddress(endpoint),
        expected: `a host that ${allowed.setting} allows: ${allowed.hosts.join(", ")}`,
        hint: notAllowed(endpoint, allowed).hint,
      },
    ];
  });
}

function byLine(problems: readonly SettingsProblem[]): SettingsProblem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function parsePipeline(raw: unknown): { pipeline?: Pipeline; problems: PlacedProblem[] } {
  const named = valueAt(raw, ["apiVersion"]);
  const version = typeof named === "string" ? parseApiVersion(named) : undefined;
  const schema = pipelineSchema(version);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const keys = Object.keys(schema.shape);
    return { problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, raw, keys, version)) };
  }
  return { pipeline: { ...parsed.data, tasks: parsed.data.tasks.map(toTask) }, problems: [] };
}

/** Takes a task's parameters, which stand beside its kind and name in the file, apart from them. */
function toTask({ kind, name, ...parameters }: { kind: TaskKind; name?: string | undefined }): Task {
  return { kind, name: name ?? defaultTaskName(kind), parameters };
}
