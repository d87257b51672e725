import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const samples = fileURLToPath(new URL("../samples", import.meta.url));

describe("the samples' projects", () => {
  let service: LanguageService;
  beforeAll(async () => {
    service = await startLanguageService({ projects: samples });
  });
  afterAll(() => service.stop());

  function model(project: string) {
    const trained = service.projects.deployed(project, "production");
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
});
