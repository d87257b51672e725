import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";

/** The part of Microsoft's parser for KQL that is used here. */
interface KustoLanguage {
  KustoCode: { ParseAndAnalyze(text: string, globals: object): { GetDiagnostics(): Diagnostics } };
  GlobalState: { Default: { WithDatabase(database: object): object } };
  Symbols: {
    TableSymbol: { From(schema: string): { WithName(name: string): object } };
    DatabaseSymbol: { ctor: new (name: string, tables: object[]) => object };
  };
}

interface Diagnostics {
  Count: number;
  getItem(index: number): { Start: number; Message: string };
}

/**
 * Columns of the tables that queries read, as Application Insights and Log Analytics name them:
 * https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete and
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/_logoperation.
 */
const TABLES = {
  traces: "timestamp: datetime, message: string, severityLevel: int, itemCount: int, operation_Name: string",
  requests: "timestamp: datetime, name: string, success: string, itemCount: int, operation_Name: string",
  _LogOperation: "TimeGenerated: datetime, Category: string, Operation: string, Level: string, Detail: string",
};

/** What the templates and the workbook put in, before a query runs. */
const PLACEHOLDERS: [RegExp, string][] = [
  [/__[A-Z]+__/g, "10"],
  [/\{Pipeline\}/g, "'tickets'"],
  [/\{TimeRange:grain\}/g, "5m"],
];

const kusto = loadKusto();
const globals = withTables();

/**
 * What the language service of Kusto finds wrong with a query: syntax, keywords taken as names, columns that are not
 * there, types. Each as `line: message`; empty when the query is right.
 */
export function kqlFindings(query: string): string[] {
  const text = PLACEHOLDERS.reduce((filled, [pattern, value]) => filled.replace(pattern, value), query);
  const found = kusto.KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, index) => {
    const { Start, Message } = found.getItem(index);
    return `${text.slice(0, Start).split("\n").length}: ${Message}`;
  });
}

/** The package is written for the global scope of a browser: two scripts that lean on each other. */
function loadKusto(): KustoLanguage {
  const folder = dirname(createRequire(import.meta.url).resolve("@kusto/language-service-next"));
  const scope = createContext({});
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
    runInContext(readFileSync(join(folder, file), "utf8"), scope, { filename: file });
  }
  return runInContext("Kusto.Language", scope) as KustoLanguage;
}

function withTables(): object {
  const { TableSymbol, DatabaseSymbol } = kusto.Symbols;
  const tables = Object.entries(TABLES).map(([name, columns]) => TableSymbol.From(`(${columns})`).WithName(name));
  return kusto.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor("logs", tables));
}
