import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BANNER_KINDS, type BannerKind, bannerOfCode } from "../../src/page/banner-kinds.ts";
import { countNeeds, type Findings, findBanners } from "../../src/page/banners.ts";
import { ROOT } from "../infra/bicep-file.ts";
import { group, held, heldUp, idle, iso, pipeline, REASONS, requeue, still, world } from "./fixtures.ts";

const now = Date.now();
const findings = (change: Partial<Findings>): Findings => ({ now, pipelines: [], ...change });
const kinds = (change: Partial<Findings>): BannerKind[] => findBanners(findings(change)).map(({ kind }) => kind);
const because = (code: string) => heldUp("clauses", "blocked", { code, message: "It says no", hint: "Do this." });
const check = (name: string) => ({
  status: "unhealthy",
  version: "1",
  checks: [{ name, ok: false, message: "wrong" }],
});
const ending = (state: "expiring" | "expired") =>
  world().models.deployments.map((each) => ({ ...each, state, daysLeft: state === "expired" ? -1 : 20 }));
const failing = { code: "StepFailed", message: "The step failed", hint: "Look at the logs." };

/** What has each banner shown. */
const SHOWN: Readonly<Record<BannerKind, Partial<Findings>>> = {
  unreachable: { unreachable: { since: iso(-60), message: "It cannot be reached." } },
  settings: { health: check("settings") },
  storage: { health: check("container results") },
  access: { pipelines: [because("Forbidden")] },
  expired: { models: { deployments: ending("expired"), retirements: [] } },
  model: { pipelines: [because("DeploymentNotFound")] },
  endpoint: { pipelines: [because("EndpointUnreachable")] },
  parameter: { pipelines: [because("InvalidParameterValue")] },
  quota: { pipelines: [because("QuotaExceeded")] },
  unreadable: { pipelines: [because("NoJobNamed")] },
  service: { pipelines: [because("ServiceUnavailable")] },
  blocked: { pipelines: [because("NobodyKnowsThis")] },
  removed: { pipelines: [because("PipelineNotConfigured")] },
  overdue: { pipelines: [still("clauses", "overdue", { lanes: [{ lane: 0, running: true, overdueSeconds: 900 }] })] },
  failing: { pipelines: [still("clauses", "failing", { lanes: [held(0, "failing", failing)] })] },
  stalled: { pipelines: [still("clauses", "idle", { lanes: [{ lane: 0, running: false }] })] },
  dailyLimit: { pipelines: [because("DailyLimitReached")] },
  paused: {
    pipelines: [still("clauses", "paused", { paused: { mode: "pause", by: "Jane", reason: "x", since: iso(-9) } })],
  },
  drained: {
    pipelines: [still("clauses", "drained", { paused: { mode: "drain", by: "Jane", reason: "x", since: iso(-9) } })],
  },
  failures: { pipelines: [pipeline("clauses", { series: { ...idle("x").series, documents: [20], failed: [9] } })] },
  unmatched: { failures: { ...world().failures, groups: [group("NoPipeline", 3, { pipelines: { _unmatched: 3 } })] } },
  expiring: { models: { deployments: ending("expiring"), retirements: [] } },
  retiring: {
    models: { deployments: [], retirements: world().models.retirements.map((each) => ({ ...each, daysLeft: 300 })) },
  },
  requeue: { requeues: [requeue({ status: "failed" })] },
  throttled: { pipelines: [heldUp("clauses", "throttled", REASONS.throttled)] },
  retrying: { pipelines: [still("clauses", "retrying", { lanes: [held(0, "retrying", failing)] })] },
};

describe("the banners", () => {
  it.each(Object.entries(SHOWN))("%s is shown, alone, when it is so", (kind, change) => {
    expect(kinds(change)).toEqual([kind]);
  });

  it("are none when all goes well, and none for a pipeline that has nothing to do", () => {
    const { pipelines, ...rest } = world();
    expect(findBanners({ now, ...rest, pipelines: pipelines.pipelines, requeues: rest.requeues.requeues })).toEqual([]);
  });

  it("come worst first, and those that only wait do not count as needs", () => {
    const all = Object.values(SHOWN).flatMap(({ pipelines = [] }) => pipelines);
    const shown = findBanners(findings({ ...SHOWN.unreachable, ...SHOWN.requeue, pipelines: all }));
    const order = Object.keys(BANNER_KINDS);
    expect(shown.map(({ kind }) => order.indexOf(kind))).toEqual(
      shown.map(({ kind }) => order.indexOf(kind)).toSorted((a, b) => a - b),
    );
    expect(countNeeds(shown)).toBe(shown.length - 2);
  });

  it("say the same reason of several pipelines once", () => {
    const [banner, ...others] = findBanners(
      findings({ pipelines: [because("401"), { ...because("401"), name: "tickets" }] }),
    );
    expect(others).toEqual([]);
    expect(banner?.pipelines).toEqual(["clauses", "tickets"]);
  });

  it("do not tell of a wait at the rate limit while other lanes go on: so the quota is used up", () => {
    const { lanes } = pipeline("tickets");
    expect(
      kinds({ pipelines: [pipeline("tickets", { lanes: [...lanes, held(7, "throttled", REASONS.throttled)] })] }),
    ).toEqual([]);
  });

  it("tell of an expired deployment once, by what the service said", () => {
    const stuck = heldUp("tickets", "blocked", REASONS.expired);
    const models = { deployments: ending("expired"), retirements: [] };
    expect(findBanners(findings({ pipelines: [stuck], models }))).toMatchObject([
      { kind: "expired", hint: REASONS.expired.hint },
    ]);
  });

  it("know every code that blocks a lane", () => {
    const rules = readFileSync(join(ROOT, "src/lib/language/errors/code-rules.ts"), "utf8");
    const codes = [...rules.matchAll(/^ {2}"?(\w+)"?: blocked\(/gm)].map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(15);
    // Of authoring, which no lane asks.
    const unknown = codes.filter((code) => code !== "UnknownPath" && bannerOfCode(code) === "blocked");
    expect(unknown).toEqual([]);
  });
});
