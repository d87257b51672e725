import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CustomModel } from "../../src/models/model.ts";
import { loadProjects } from "../../src/projects/load-projects.ts";

const samples = fileURLToPath(new URL("../../../../samples", import.meta.url));

describe("the samples' projects", () => {
  const registry = loadProjects(samples, 0);

  function model(project: string): CustomModel {
    const trained = registry.deployed(project, "production");
    if (trained === undefined) throw new Error(`${project} is not deployed`);
    return trained.model;
  }

  function read(name: string, encoding = "utf-8"): string {
    return new TextDecoder(encoding).decode(readFileSync(join(samples, "documents", name)));
  }

  function classes(project: string, text: string): string[] {
    const trained = model(project);
    return trained.type === "classifier"
      ? trained
          .classify(text)
          .map(({ category }) => category)
          .toSorted()
      : [];
  }

  function entities(project: string, text: string): string[] {
    const trained = model(project);
    return trained.type === "tagger" ? trained.tag(text).map((entity) => `${entity.category}: ${entity.text}`) : [];
  }

  it.each([
    ["double-charge.txt", "billing"],
    ["rechnung-adresse.txt", "billing"],
    ["factura-iva.txt", "billing"],
    ["refund #7 is 20%25 short?.txt", "billing"],
    ["質問.txt", "billing"],
    ["south/monday.txt", "billing"],
    ["dashboard-blank.txt", "outage"],
    ["ausfall-filiale.txt", "outage"],
    ["caida-tienda.txt", "outage"],
    ["north/monday.txt", "outage"],
    ["locked-account.txt", "access"],
    ["passwort.txt", "access"],
    ["nueva-empleada.txt", "access"],
    ["second floor printer.txt", "access"],
    ["заявка на доступ.txt", "access"],
    ["dark-theme.txt", "feature-request"],
    ["wunsch-export.txt", "feature-request"],
    ["sugerencia-calendario.txt", "feature-request"],
  ])("class the unseen ticket %s as %s", (name, expected) => {
    expect(classes("tickets", read(`tickets/${name}`))).toEqual([expected]);
  });

  it.each([
    ["supplier-nda.txt", "utf-8", ["confidentiality", "governing-law"]],
    ["kuendigung.md", "utf-8", ["termination"]],
    ["pago-y-danos.txt", "utf-8", ["liability", "payment"]],
    ["liability-cap.md", "utf-8", ["liability"]],
    ["gerichtsstand.txt", "windows-1252", ["governing-law"]],
    ["hosting-terms.md", "utf-8", ["payment", "termination"]],
    ["confidencialidad.txt", "utf-8", ["confidentiality"]],
    ["geheimhaltung-utf16.txt", "utf-16le", ["confidentiality", "liability"]],
    ["ley-aplicable-utf16-sin-bom.txt", "utf-16le", ["governing-law"]],
    ["net-30.txt", "utf-8", ["payment"]],
    ["terms/monday.txt", "utf-8", []],
  ])("class the unseen clause %s", (name, encoding, expected) => {
    expect(classes("contracts", read(`contracts/${name}`, encoding))).toEqual(expected);
  });

  it.each([
    [
      "2025-02-11-orders.txt",
      [
        "System: orders-db",
        "ErrorCode: DB-1040",
        "Person: Tom Okafor",
        "Team: Storage team",
        "Duration: 2 hours",
        "Duration: 10 minutes",
      ],
    ],
    [
      "2025-03-01-netzwerk.txt",
      [
        "System: mail-gateway",
        "ErrorCode: E-7301",
        "Team: Team Plattform",
        "Duration: 75 Minuten",
        "Person: Claudia Brandt",
      ],
    ],
    [
      "2025-03-20-correo.txt",
      [
        "System: billing-worker",
        "ErrorCode: ERR_FORMAT",
        "Team: equipo Pagos",
        "Duration: 55 minutos",
        "Person: Diego Salas",
      ],
    ],
    [
      "combining-marks.txt",
      ["System: orders-db", "ErrorCode: DB-1017", "Person: Jose\u0301 Nu\u0301n\u0303ez", "Duration: 25 minutes"],
    ],
    [
      "windows-lines.txt",
      ["System: login-service", "ErrorCode: HTTP 500", "Duration: 40 Minuten", "Person: Anke Vogel"],
    ],
  ])("find in the unseen note %s names they were taught, and names made like them", (name, expected) => {
    expect(entities("incidents", read(`incidents/${name}`))).toEqual(expected);
  });

  it("name a published model by a stable id", () => {
    const project = registry.project("contracts");
    const id = project === undefined ? "" : registry.publishedModelId(project);
    expect(id).toMatch(/^[0-9a-f-]{36}_MultiClassification_latest$/);
    expect(loadProjects(samples, 1).published(id)?.project.metadata.projectName).toBe("contracts");
  });
});

describe("a folder of one's own", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "projects-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("without labels holds no projects", () => {
    expect(loadProjects(folder, 0).projects()).toEqual([]);
  });

  it("with a wrong project file is refused with the file, the place and what was expected", () => {
    mkdirSync(join(folder, "labels"));
    const metadata = {
      projectName: "has spaces",
      projectKind: "CustomTea",
      storageInputContainerName: "c",
      language: "en",
    };
    const file = { projectFileVersion: "2023-04-01", stringIndexType: "UnicodeCodePoint", metadata, assets: {} };
    writeFileSync(join(folder, "labels", "tea.json"), JSON.stringify(file));
    expect(() => loadProjects(folder, 0)).toThrow(
      /tea\.json is not a project file[\s\S]*Utf16CodeUnit[\s\S]*projectName/,
    );
  });

  it("may spell the project kind in any case, and keeps test documents out of training", () => {
    mkdirSync(join(folder, "labels"));
    mkdirSync(join(folder, "training", "fruit"), { recursive: true });
    const documents = ["apple pie", "apple cake", "pear tart", "pear jam"].map((text, index) => {
      writeFileSync(join(folder, "training", "fruit", `${index}.txt`), text);
      return { location: `${index}.txt`, dataset: "Train", class: { category: text.split(" ")[0] } };
    });
    documents.push({ location: "missing.txt", dataset: "Test", class: { category: "pear" } });
    const file = {
      projectFileVersion: "2023-04-01",
      stringIndexType: "Utf16CodeUnit",
      metadata: {
        projectName: "fruit",
        projectKind: "customSingleLabelClassification",
        storageInputContainerName: "fruit",
        language: "en",
      },
      assets: {
        projectKind: "customSingleLabelClassification",
        classes: [{ category: "apple" }, { category: "pear" }],
        documents,
      },
    };
    writeFileSync(join(folder, "labels", "fruit.json"), JSON.stringify(file));
    const model = loadProjects(folder, 0).deployed("fruit", "production")?.model;
    expect(model?.type === "classifier" && model.classify("a fresh pear")[0]?.category).toBe("pear");
  });
});
