import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { edge } from "./edge.ts";

const unused = () => {
  throw new Error("a given edge needs no lookup");
};

describe("a request through the edge", () => {
  let server: http.Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const listening = async (answer: http.RequestListener): Promise<string> => {
    server = http.createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it("asks for the tenant by its hostname", async () => {
    let asked = "";
    const edgeUrl = await listening(({ headers, url }, response) => {
      asked = `${headers.host}${url}`;
      response.end();
    });

    const trouble = await edge({ edgeUrl, lookup: unused }).trouble("acme.example.test", "/health");

    expect(trouble).toBe("");
    expect(asked).toBe("acme.example.test/health");
  });

  it.each([
    [530, "error code: 1033", "no connector of its tunnel is connected"],
    [530, "error code: 1016", "530 with error 1016"],
    [502, "Bad gateway", "the application behind it refuses"],
    [524, "", "takes too long"],
    [404, "", "the tunnel's catch-all rule"],
    [301, "", "the status is 301"],
    [200, "", ""],
  ])("tells a %i with the page «%s» in words", async (status, page, words) => {
    const edgeUrl = await listening((_, response) => response.writeHead(status).end(page));

    const trouble = await edge({ edgeUrl, lookup: unused }).trouble("acme.example.test", "/health");

    expect(trouble).toContain(words);
  });

  it("waits no longer than it may", async () => {
    const edgeUrl = await listening(() => {});

    const trouble = await edge({ edgeUrl, lookup: unused, timeout: 100 }).trouble("acme.example.test", "/");

    expect(trouble).toBe("no answer within 0.1 s");
  });

  it("tells a page that is cut short", async () => {
    const edgeUrl = await listening((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });

    const trouble = await edge({ edgeUrl, lookup: unused }).trouble("acme.example.test", "/");

    expect(trouble).toBe("the edge cut the connection (ECONNRESET)");
  });

  it("tells an edge that refuses connections", async () => {
    const trouble = await edge({ edgeUrl: "http://127.0.0.1:9", lookup: unused }).trouble(
      "acme.example.test",
      "/",
    );

    expect(trouble).toBe("the edge refuses connections (ECONNREFUSED)");
  });

  it("tells a hostname that does not resolve yet", async () => {
    const absent = Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });

    const trouble = await edge({ lookup: (_host, _options, callback) => callback(absent, "") }).trouble(
      "acme.example.test",
      "/",
    );

    expect(trouble).toBe("its name does not resolve yet (ENOTFOUND)");
  });
});
