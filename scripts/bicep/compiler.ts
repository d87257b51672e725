import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { z } from "zod";
import { COMPILER_ENVIRONMENT, type FoundCompiler } from "./find-compiler.ts";

/**
 * What the compiler answers; its protocol is stable since Bicep 0.29:
 * https://github.com/Azure/bicep/blob/main/src/Bicep.Cli/Rpc/ICliJsonRpcProtocol.cs
 */
const compileAnswer = z.object({
  success: z.boolean(),
  contents: z.string().nullish(),
  diagnostics: z.array(
    z.object({
      source: z.string(),
      range: z.object({ start: z.object({ line: z.int(), char: z.int() }) }),
      level: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
});
const snapshotAnswer = z.object({ snapshot: z.string() });
const formatAnswer = z.object({ contents: z.string() });

/** Where a deployment is imagined to happen, so that a prediction is the same everywhere. */
interface DeploymentPlace {
  tenantId: string;
  subscriptionId: string;
  location: string;
  deploymentName: string;
  /** For a template at the scope of a resource group. */
  resourceGroup?: string;
}

interface Compiled {
  /** Of the compiler and of the linter, each on one line; empty: the file is clean. */
  diagnostics: string[];
  /** The ARM template; undefined where there are errors. */
  template: string | undefined;
}

/** A running compiler: it is started once and asked many times, which is five times quicker than a process for each. */
export interface Compiler extends AsyncDisposable {
  /** Compiles and lints one file. */
  compile(path: string): Promise<Compiled>;
  /** Whether formatting would change nothing in the file. */
  isFormatted(path: string): Promise<boolean>;
  /** The resources that a parameters file (.bicepparam) leads to at a place, as JSON. Throws where it cannot be compiled. */
  predict(path: string, place: DeploymentPlace): Promise<string>;
}

/** Starts a compiler. Paths are absolute. */
export function startCompiler({ program }: Pick<FoundCompiler, "program">): Compiler {
  const child = spawn(program, ["jsonrpc", "--stdio"], {
    env: { ...process.env, ...COMPILER_ENVIRONMENT },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ask = async <T>(method: string, request: object, answer: z.ZodType<T>): Promise<T> =>
    answer.parse(await connection.sendRequest(method, request));

  return {
    async compile(path) {
      const { contents, diagnostics } = await ask("bicep/compile", { path }, compileAnswer);
      return {
        template: contents ?? undefined,
        diagnostics: diagnostics.map(({ source, range, level, code, message }) => {
          return `${relative(process.cwd(), source)}(${range.start.line + 1},${range.start.char + 1}): ${level} ${code}: ${message}`;
        }),
      };
    },
    async isFormatted(path) {
      const [formatted, source] = await Promise.all([
        ask("bicep/format", { path }, formatAnswer),
        readFile(path, "utf8"),
      ]);
      return formatted.contents === source;
    },
    async predict(path, place) {
      return (await ask("bicep/getSnapshot", { path, metadata: place }, snapshotAnswer)).snapshot;
    },
    async [Symbol.asyncDispose]() {
      connection.dispose();
      child.kill();
      await ended;
    },
  };
}
