import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo, type LookupFunction } from "node:net";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { answerHeaders } from "../../test/support/test-front.ts";
import { edge } from "./edge.ts";
import type { ProbeTarget } from "./probe.ts";

const unused = () => {
  throw new Error("a given edge needs no lookup");
};

const machine = { generation: "01KASMPMXW5X0H3V0PM8NYQJ5D", instanceId: "i-1" };
const target: ProbeTarget = { hostname: "acme.example.test", path: "/health", ...machine };

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
  const probing = (edgeUrl: string, of = target) => edge({ edgeUrl, lookup: unused }).probe(of);

  it("asks for the tenant by its hostname", async () => {
    let asked = "";
    const edgeUrl = await listening(({ headers, url }, response) => {
      asked = `${headers.host}${url}`;
      response.end();
    });

    await probing(edgeUrl);

    expect(asked).toBe("acme.example.test/health");
  });

  it("tells whatever answers nothing of the generation, and never the same twice", async () => {
    const asked: string[] = [];
    const edgeUrl = await listening(({ headers }, response) => {
      asked.push(JSON.stringify(headers));
      response.end();
    });

    await probing(edgeUrl);
    await probing(edgeUrl);

    for (const headers of asked) expect(headers).not.toContain(machine.generation);
    expect(asked[0]).not.toBe(asked[1]);
  });

  describe("that the machine's front answers", () => {
    const answering = (status: number, state?: "starting" | "serving" | "draining") =>
      listening(({ headers }, response) =>
        response.writeHead(status, answerHeaders(headers, machine, state)).end(),
      );

    it.each(["serving", "draining"] as const)(
      "believes a 200 of the machine that is meant: %s",
      async (state) => {
        const probe = await probing(await answering(200, state));

        expect(probe).toMatchObject({
          kind: "ok",
          answer: { application: `sha256:${"a".repeat(64)}`, state },
        });
      },
    );

    it("believes any machine of the generation where none is meant", async () => {
      const probe = await probing(await answering(200), { ...target, instanceId: undefined });

      expect(probe.kind).toBe("ok");
    });

    it.each([200, 502, 503])(
      "waits for an application that is starting, whatever it answers: %i",
      async (status) => {
        const probe = await probing(await answering(status, "starting"));

        expect(probe).toEqual({ kind: "starting", words: `${status}, its application is starting` });
      },
    );

    it.each([
      [502, "the application refuses"],
      [504, "takes too long"],
      [500, "the application answers 500"],
    ])("takes a %i for the application's failure", async (status, words) => {
      const probe = await probing(await answering(status));

      expect(probe).toEqual({ kind: "bad", cause: "origin", words: expect.stringContaining(words) });
    });

    it.each([204, 301, 403, 404])("takes a %i for the application's own word", async (status) => {
      const probe = await probing(await answering(status));

      expect(probe).toEqual({ kind: "unknown", words: `the application answers ${status}` });
    });

    it("is misrouted when it is another machine's", async () => {
      const probe = await probing(await answering(200), { ...target, instanceId: "i-2" });

      expect(probe).toMatchObject({ kind: "bad", cause: "misrouted" });
    });
  });

  describe("that something else answers", () => {
    it.each([
      [530, "error code: 1033", "connector", "no connector of its tunnel is connected"],
      [530, "", "connector", "530 with error unknown"],
      [530, "error code: 1016", "record", "leads to no tunnel"],
      [404, "", "ingress", "no rule of its tunnel leads to the machine"],
      [503, "", "ingress", "no rule of its tunnel leads to the machine"],
      [502, "Bad gateway", "edge", "or the edge fails"],
      [524, "", "edge", "or the edge fails"],
      [200, "welcome", "stranger", "something else answers"],
      [404, "no such page", "stranger", "something else answers"],
      [301, "", "stranger", "something else answers"],
    ])("tells a %i with the page «%s» for the cause %s", async (status, page, cause, words) => {
      const probe = await probing(await listening((_, response) => response.writeHead(status).end(page)));

      expect(probe).toEqual({ kind: "bad", cause, words: expect.stringContaining(words) });
    });

    it("believes no answer to an earlier probe: it comes from a cache", async () => {
      let kept: Record<string, string> | undefined;
      const edgeUrl = await listening(({ headers }, response) => {
        kept ??= answerHeaders(headers, machine);
        response.writeHead(200, kept).end();
      });

      const [first, second] = [await probing(edgeUrl), await probing(edgeUrl)];

      expect(first.kind).toBe("ok");
      expect(second).toMatchObject({
        kind: "bad",
        cause: "stranger",
        words: expect.stringContaining("cache"),
      });
    });

    it("believes nobody who sends the probe's own headers back", async () => {
      const edgeUrl = await listening(({ headers }, response) => {
        const { "warren-nonce": nonce = "", "warren-proof": proof = "" } = headers;
        response
          .writeHead(200, { "warren-nonce": nonce, "warren-machine": proof, "warren-state": "serving" })
          .end();
      });

      expect(await probing(edgeUrl)).toMatchObject({ kind: "bad", cause: "stranger" });
    });
  });

  it("waits no longer than it may for an edge that is silent", async () => {
    const edgeUrl = await listening(() => {});

    const probe = await edge({ edgeUrl, lookup: unused, timeout: 100 }).probe(target);

    expect(probe).toEqual({ kind: "bad", cause: "silent", words: "no answer within 0.1 s" });
  });

  it("does not blame the tenant when no connection comes about in time", async () => {
    const neverAnswering: LookupFunction = () => {};

    const probe = await edge({ lookup: neverAnswering, timeout: 100 }).probe(target);

    expect(probe).toEqual({ kind: "unknown", words: "no connection to the edge within 0.1 s" });
  });

  it("does not blame the tenant when TLS does not come about in time", async () => {
    const plain = net.createServer(() => {}).listen(0, "127.0.0.1");
    await once(plain, "listening");
    onTestFinished(() => {
      plain.close();
    });
    const edgeUrl = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;

    const probe = await edge({ edgeUrl, lookup: unused, timeout: 100 }).probe(target);

    expect(probe).toEqual({ kind: "unknown", words: "no connection to the edge within 0.1 s" });
  });

  it("tells a page that is cut short", async () => {
    const edgeUrl = await listening((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });

    const probe = await edge({ edgeUrl, lookup: unused }).probe(target);

    expect(probe).toEqual({ kind: "unknown", words: "the edge cut the connection (ECONNRESET)" });
  });

  it("tells an edge that refuses connections", async () => {
    const probe = await edge({ edgeUrl: "http://127.0.0.1:9", lookup: unused }).probe(target);

    expect(probe).toEqual({ kind: "unknown", words: "the edge refuses connections (ECONNREFUSED)" });
  });

  it.each([
    ["does not resolve", "ENOTFOUND"],
    ["has no address", "ENODATA"],
  ])("tells a hostname that %s: its record is missing, or not proxied", async (words, code) => {
    const absent = Object.assign(new Error(`queryA ${code}`), { code });
    const lookup: LookupFunction = (_host, _options, callback) => callback(absent, "");

    const probe = await edge({ lookup }).probe(target);

    expect(probe).toEqual({ kind: "bad", cause: "record", words: `its name ${words} (${code})` });
  });
});
