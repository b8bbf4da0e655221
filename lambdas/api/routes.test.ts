import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AwsTransientError } from "../../core/errors.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { apiHandler } from "./api-handler.ts";
import { type ApiDeps, router } from "./routes.ts";

const context = { functionName: "api", awsRequestId: "r-1" } as never;

let log: string;

const acme = sampleRow({ slug: "acme", status: "ready" });
const list = vi.fn(async () => ({ rows: [acme] }));
const get = vi.fn(async (slug: string) => (slug === "acme" ? acme : undefined));
const requestDeletion = vi.fn(get);
const deps = {
  env: { BASE_DOMAIN: "example.test", RESERVED_SLUGS: [] },
  registry: { list, get, requestDeletion },
  places: async () => new Map(),
} as unknown as ApiDeps;

/** As the HTTP API sends it; by `$default`, unless it has matched a route. */
const call = async (method = "GET", path = "/tenants", event: object = {}) => {
  const requestContext = { requestId: "request-1", http: { method, path } };
  const sent = {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: {},
    isBase64Encoded: false,
    requestContext,
    ...event,
  };
  const answer = await apiHandler("api", ({ logger }) => router(deps, logger))(sent as never, context);
  return { ...answer, body: JSON.parse(answer.body ?? "{}") };
};

beforeEach(() => {
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  log = "";
  for (const method of ["log", "info", "error", "warn"] as const) {
    vi.spyOn(console, method).mockImplementation((line) => {
      log += line;
    });
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.clearAllMocks();
});

describe("a request that the API does not answer", () => {
  it.each([
    ["PUT", "/tenants", "GET, POST"],
    ["DELETE", "/tenants/", "GET, POST"],
    ["POST", "/tenants/acme", "GET, PATCH, DELETE"],
    ["HEAD", "/tenants/acme", "GET, PATCH, DELETE"],
  ])("%s %s gets 405 and what is allowed", async (method, path, allow) => {
    expect(await call(method, path)).toMatchObject({
      statusCode: 405,
      headers: { allow, "content-type": "application/problem+json", "cache-control": "no-store" },
      body: {
        type: "urn:warren:problem:method-not-allowed",
        detail: `This path takes ${allow}, not ${method}.`,
        instance: "urn:warren:request:request-1",
      },
    });
  });

  it("gets 405 for a method that HTTP does not know, too", async () => {
    expect(await call("PROPFIND")).toMatchObject({
      statusCode: 405,
      headers: { allow: "GET, POST, PATCH, DELETE" },
      body: { type: "urn:warren:problem:method-not-allowed" },
    });
  });

  it.each([
    "/",
    "/tenant",
    "/tenants/acme/more",
    "/no/such/tenants",
    "/no/tenants/acme",
    "/tenants/%20",
    "/tenants/%E0%A4%A/",
  ])("GET %s gets 404", async (path) => {
    expect(await call("GET", path)).toMatchObject({
      statusCode: 404,
      headers: { "content-type": "application/problem+json" },
      body: { type: "urn:warren:problem:no-such-route", instance: "urn:warren:request:request-1" },
    });
    expect(log).not.toContain("Failures");
  });
});

describe("a path that the gateway has matched to none of the API's routes", () => {
  it.each([
    ["GET", "/tenants/"],
    ["GET", "/tenants/acme/"],
    ["DELETE", "/tenants/acme/"],
    ["DELETE", "/tenants/other/../acme"],
    ["DELETE", "/tenants/acme?"],
  ])("is not taken for one of them, however alike: %s %s gets 404", async (method, path) => {
    const answer = await call(method, path, { body: '{"confirm":"acme"}' });

    expect(answer).toMatchObject({ statusCode: 404, body: { type: "urn:warren:problem:no-such-route" } });
    for (const work of [list, get, requestDeletion]) expect(work).not.toHaveBeenCalled();
  });
});

describe("a route that the gateway has matched", () => {
  const matched = (routeKey: string, slug?: string, more: object = {}) => ({
    routeKey,
    ...(slug !== undefined && { pathParameters: { slug } }),
    ...more,
  });

  it("is answered below a custom domain's mapping as well", async () => {
    const answer = await call("GET", "/warren/tenants/acme", matched("GET /tenants/{slug}", "acme"));

    expect(answer).toMatchObject({ statusCode: 200, body: { slug: "acme" } });
  });

  it.each(["acme?x", "acme#x", "../acme", "acme/", "%61cme", "ä"])(
    "is asked for the very slug that the gateway has read: %s",
    async (slug) => {
      const event = matched("DELETE /tenants/{slug}", slug, { body: JSON.stringify({ confirm: slug }) });

      const answer = await call("DELETE", `/tenants/${slug}`, event);

      expect(answer).toMatchObject({
        statusCode: 404,
        body: { type: "urn:warren:problem:tenant-not-found" },
      });
      expect(requestDeletion).toHaveBeenCalledExactlyOnceWith(slug);
    },
  );

  it.each(["", ".", ".."])(
    "is not taken for another one because a URL would drop its slug: '%s'",
    async (slug) => {
      const answer = await call("GET", `/tenants/${slug}`, matched("GET /tenants/{slug}", slug));

      expect(answer).toMatchObject({
        statusCode: 404,
        body: { type: "urn:warren:problem:tenant-not-found" },
      });
      expect(list).not.toHaveBeenCalled();
    },
  );

  it.each([
    ["with a body", { body: "{}" }],
    ["with an empty body", { body: "" }],
    ["whose path has no parameters, which the local AWS tells as null", { pathParameters: null }],
  ])("is answered to a GET %s", async (_, more) => {
    expect(await call("GET", "/tenants", matched("GET /tenants", undefined, more))).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
  });
});

describe("a failure of the API", () => {
  const failing = async (error: Error) => {
    list.mockRejectedValueOnce(error);
    return call("GET", "/tenants", { routeKey: "GET /tenants" });
  };

  it("answers 500 with the request's id and nothing of the inside, which is in the log", async () => {
    const answer = await failing(new Error("table tenants-prod is on fire"));

    expect(answer.statusCode).toBe(500);
    expect(answer.body.type).toBe("urn:warren:problem:internal-error");
    expect(answer.body.instance).toBe("urn:warren:request:request-1");
    expect(JSON.stringify(answer)).not.toContain("on fire");
    expect(log).toContain("table tenants-prod is on fire");
    expect(log).toContain("request-1");
    expect(log).toContain("Failures");
  });

  it("answers 503 when the same request may succeed a little later", async () => {
    const answer = await failing(new AwsTransientError("AWS is busy."));

    expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "5" } });
  });

  it("answers 500 to an event that is none of an HTTP API", async () => {
    const answer = await call("GET", "/tenants", { version: "1.0" });

    expect(answer).toMatchObject({ statusCode: 500, body: { type: "urn:warren:problem:internal-error" } });
    expect(log).toContain("Failures");
  });
});
