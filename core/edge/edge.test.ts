import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo, type LookupFunction } from "node:net";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
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

    const probe = await edge({ edgeUrl, lookup: unused }).probe("acme.example.test", "/health");

    expect(probe).toEqual({ kind: "ok" });
    expect(asked).toBe("acme.example.test/health");
  });

  it.each([
    [530, "error code: 1033", "connector", "no connector of its tunnel is connected"],
    [530, "", "connector", "530 with error unknown"],
    [502, "Bad gateway", "origin", "the application behind it refuses"],
    [524, "", "origin", "takes too long"],
    [500, "", "origin", "the status is 500"],
  ])("tells a %i with the page «%s» for a failure of the %s", async (status, page, cause, words) => {
    const edgeUrl = await listening((_, response) => response.writeHead(status).end(page));

    const probe = await edge({ edgeUrl, lookup: unused }).probe("acme.example.test", "/health");

    expect(probe).toEqual({ kind: "bad", cause, words: expect.stringContaining(words) });
  });

  it.each([
    [530, "error code: 1016", "530 with error 1016"],
    [404, "", "the tunnel's catch-all rule"],
    [403, "", "the status is 403"],
    [301, "", "the status is 301"],
    [204, "", "the status is 204"],
  ])(
    "does not take a %i with the page «%s» for a failure that a repair mends",
    async (status, page, words) => {
      const edgeUrl = await listening((_, response) => response.writeHead(status).end(page));

      const probe = await edge({ edgeUrl, lookup: unused }).probe("acme.example.test", "/health");

      expect(probe).toEqual({ kind: "unknown", words: expect.stringContaining(words) });
    },
  );

  it("waits no longer than it may for an edge that is silent", async () => {
    const edgeUrl = await listening(() => {});

    const probe = await edge({ edgeUrl, lookup: unused, timeout: 100 }).probe("acme.example.test", "/");

    expect(probe).toEqual({ kind: "bad", cause: "silent", words: "no answer within 0.1 s" });
  });

  it("does not blame the tenant when no connection comes about in time", async () => {
    const neverAnswering: LookupFunction = () => {};

    const probe = await edge({ lookup: neverAnswering, timeout: 100 }).probe("acme.example.test", "/");

    expect(probe).toEqual({ kind: "unknown", words: "no connection to the edge within 0.1 s" });
  });

  it("does not blame the tenant when TLS does not come about in time", async () => {
    const plain = net.createServer(() => {}).listen(0, "127.0.0.1");
    await once(plain, "listening");
    onTestFinished(() => {
      plain.close();
    });
    const edgeUrl = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;

    const probe = await edge({ edgeUrl, lookup: unused, timeout: 100 }).probe("acme.example.test", "/");

    expect(probe).toEqual({ kind: "unknown", words: "no connection to the edge within 0.1 s" });
  });

  it("tells a page that is cut short", async () => {
    const edgeUrl = await listening((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });

    const probe = await edge({ edgeUrl, lookup: unused }).probe("acme.example.test", "/");

    expect(probe).toEqual({ kind: "unknown", words: "the edge cut the connection (ECONNRESET)" });
  });

  it("tells an edge that refuses connections", async () => {
    const probe = await edge({ edgeUrl: "http://127.0.0.1:9", lookup: unused }).probe(
      "acme.example.test",
      "/",
    );

    expect(probe).toEqual({ kind: "unknown", words: "the edge refuses connections (ECONNREFUSED)" });
  });

  it("tells a hostname that does not resolve yet", async () => {
    const absent = Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });
    const lookup: LookupFunction = (_host, _options, callback) => callback(absent, "");

    const probe = await edge({ lookup }).probe("acme.example.test", "/");

    expect(probe).toEqual({ kind: "unknown", words: "its name does not resolve yet (ENOTFOUND)" });
  });
});
