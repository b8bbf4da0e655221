import { describe, expect, test } from "vitest";
import { chooseService, compileIngress } from "./ingress.ts";

describe("the rule for a request", () => {
  const rules = compileIngress({
    ingress: [
      { hostname: "a.test", path: "^/api", service: "http_status:201" },
      { hostname: "a.test", service: "http_status:202" },
      { hostname: "*.b.test", service: "http_status:203" },
      { hostname: "*", path: "\\.css$", service: "http_status:204" },
      { service: "http_status:404" },
    ],
  });

  test.each([
    ["a.test", "/api/x", 201],
    ["a.test", "/other", 202],
    ["a.test:8080", "/other", 202],
    ["x.b.test", "/", 203],
    ["x.y.b.test", "/", 203],
    ["b.test", "/", 404],
    ["xb.test", "/", 404],
    ["c.test", "/a.css", 204],
    ["c.test", "/", 404],
  ])("on %s%s is %i", (host, path, status) => {
    expect(chooseService(rules, host, path)).toEqual({ kind: "status", status });
  });
});

test("without rules everything is 503", () => {
  expect(chooseService(compileIngress({}), "a.test", "/")).toEqual({ kind: "status", status: 503 });
});

test("an origin of our own takes the place of localhost, and of nothing else", () => {
  const ingress = [
    { hostname: "local.test", service: "http://localhost:8080" },
    { service: "http://10.0.0.1:8080" },
  ];

  const rules = compileIngress({ ingress }, "http://127.0.0.1:9000");

  expect(chooseService(rules, "local.test", "/")).toMatchObject({ url: new URL("http://127.0.0.1:9000") });
  expect(chooseService(rules, "other.test", "/")).toMatchObject({ url: new URL("http://10.0.0.1:8080") });
});

test.each([
  [[{ hostname: "a.test", service: "http://localhost" }], "last ingress rule must match all URLs"],
  [[{ service: "ssh://localhost:22" }], 'the service "ssh://localhost:22" is not supported'],
  [[{ service: "localhost:8080" }], 'the service "localhost:8080" is not supported'],
  [[{ path: "(", service: "http://x" }, { service: "http_status:404" }], "Invalid regular expression"],
])("%j cannot be served: %s", (ingress, message) => {
  expect(() => compileIngress({ ingress })).toThrow(message);
});
