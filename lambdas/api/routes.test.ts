import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AwsTransientError } from "../../core/errors.ts";
import { apiHandler, type Route } from "./api-handler.ts";
import { type ApiDeps, router } from "./routes.ts";

const context = { functionName: "api", awsRequestId: "r-1" } as never;

let log: string;

const call = async (route: Route, method = "GET", path = "/tenants") => {
  const requestContext = { requestId: "request-1", http: { method, path } };
  const event = { routeKey: "$default", headers: {}, requestContext };
  const answer = await apiHandler("api", () => route)(event as never, context);
  return { ...answer, body: JSON.parse(answer.body ?? "{}") };
};

beforeEach(() => {
  vi.stubEnv("POWERTOOLS_DEV", "true");
  log = "";
  for (const method of ["log", "info", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line) => {
      log += line;
    });
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a request that the API does not answer", () => {
  const none = router({ env: { BASE_DOMAIN: "example.test", RESERVED_SLUGS: [] } } as unknown as ApiDeps);

  it.each([
    ["PUT", "/tenants", "GET, POST"],
    ["DELETE", "/tenants/", "GET, POST"],
    ["POST", "/tenants/acme", "GET, DELETE"],
  ])("%s %s gets 405 and what is allowed", async (method, path, allow) => {
    expect(await call(none, method, path)).toMatchObject({
      statusCode: 405,
      headers: { allow },
      body: { type: "urn:warren:problem:method-not-allowed" },
    });
  });

  it.each(["/", "/tenant", "/tenants/acme/more"])("GET %s gets 404", async (path) => {
    expect(await call(none, "GET", path)).toMatchObject({
      statusCode: 404,
      body: { type: "urn:warren:problem:no-such-route" },
    });
  });
});

describe("a failure of the API", () => {
  it("answers 500 with the request's id and nothing of the inside, which is in the log", async () => {
    const answer = await call(() => Promise.reject(new Error("table tenants-prod is on fire")));

    expect(answer.statusCode).toBe(500);
    expect(answer.body.instance).toBe("urn:warren:request:request-1");
    expect(JSON.stringify(answer)).not.toContain("on fire");
    expect(log).toContain("table tenants-prod is on fire");
    expect(log).toContain("request-1");
  });

  it("answers 503 when the same request may succeed a little later", async () => {
    const answer = await call(() => Promise.reject(new AwsTransientError("AWS is busy.")));

    expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "5" } });
  });
});
