import { expect, test } from "vitest";
import type { FunctionRunner } from "../../src/function-runner.ts";
import type { HostFunction, HttpTrigger } from "../../src/host-function.ts";
import { HttpFunctions } from "../../src/http/http-functions.ts";
import { KeyCheck } from "../../src/http/keys.ts";
import { parseRoute } from "../../src/http/route.ts";
import type { HostViolation } from "../../src/violations.ts";

function create(routes: [name: string, methods: string[], template: string][], prefix = "api"): HostViolation[] {
  const violations: HostViolation[] = [];
  const functions = routes.map(
    ([name, methods, template]) =>
      ({
        name,
        trigger: { kind: "http", methods, route: parseRoute(template, "here") },
      }) as unknown as HostFunction<HttpTrigger>,
  );
  new HttpFunctions({
    functions,
    routePrefix: prefix,
    runner: {} as FunctionRunner,
    keys: new KeyCheck(undefined),
    report: (violation) => violations.push(violation),
  });
  return violations;
}

test("two functions for the same requests are told", () => {
  expect(
    create([
      ["one", ["GET", "POST"], "items/{id}"],
      ["two", ["POST"], "Items/{name}"],
    ]),
  ).toEqual([
    {
      code: "route-conflict",
      functionName: "two",
      message: 'Functions "one" and "two" answer the same requests (POST Items/{name}).',
    },
  ]);
});

test("different methods or shapes do not conflict", () => {
  expect(
    create([
      ["one", ["GET"], "items/{id}"],
      ["two", ["POST"], "items/{id}"],
      ["three", ["GET"], "items/new"],
    ]),
  ).toEqual([]);
});

test.each([
  ["", "admin/things"],
  ["", "runtime/{*rest}"],
  ["admin", "things"],
])("with prefix %j the route %s is the host's own", (prefix, template) => {
  expect(() => create([["mine", ["GET"], template]], prefix)).toThrow(
    /Function "mine": the route .* is taken by the host itself/,
  );
});
