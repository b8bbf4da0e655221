import dgram from "node:dgram";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { zoneLookup, zoneResolver } from "./zone-lookup.ts";

const A = 1;
const NS = 2;
const NXDOMAIN = 3;

interface Answer {
  type: number;
  data: Buffer;
}

const label = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const wireName = (name: string): Buffer => Buffer.concat([...name.split(".").map(label), Buffer.from([0])]);
const address = (text: string): Answer => ({ type: A, data: Buffer.from(text.split(".").map(Number)) });
const nameServer = (name: string): Answer => ({ type: NS, data: wireName(name) });

const readName = (message: Buffer): { name: string; end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
};

/** RFC 1035: the question again, then the answers with a pointer to its name; NXDOMAIN when there are none. */
const respond = (question: Buffer, answers: Answer[], end: number): Buffer => {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8580 | (answers.length > 0 ? 0 : NXDOMAIN), 2);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt32BE(0, 8);
  const records = answers.map(({ type, data }) => {
    const fixed = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, question.subarray(12, end + 4), ...records]);
};

/** A name server on loopback; answers its address, and what it was asked. */
const nameServerFor = async (zone: Record<string, Answer[]>) => {
  const asked: string[] = [];
  const socket = dgram.createSocket("udp4");
  socket.on("message", (message, peer) => {
    const { name, end } = readName(message);
    asked.push(name);
    const type = message.readUInt16BE(end);
    const answers = (zone[name] ?? []).filter((answer) => answer.type === type);
    socket.send(respond(message, answers, end), peer.port, peer.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => {
    socket.close();
  });
  return { server: `127.0.0.1:${socket.address().port}`, asked };
};

const look = (lookup: ReturnType<typeof zoneLookup>, hostname: string, all = false): Promise<unknown> =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all }, (error, found) => (error ? reject(error) : resolve(found)));
  });

describe("a lookup at the zone's own name servers", () => {
  it("finds the servers of the zone above a name, and asks them", async () => {
    const zone = await nameServerFor({ "acme.t.example.test": [address("192.0.2.7")] });
    const ordinary = await nameServerFor({
      "example.test": [nameServer("ns1.dns.test")],
      "ns1.dns.test": [address("127.0.0.1")],
    });
    const [, port = ""] = zone.server.split(":");
    const lookup = zoneLookup("t.example.test", (name) =>
      zoneResolver(name, [ordinary.server], Number(port)),
    );

    expect(await look(lookup, "acme.t.example.test")).toBe("192.0.2.7");
    expect(await look(lookup, "acme.t.example.test", true)).toEqual([{ address: "192.0.2.7", family: 4 }]);
    expect(ordinary.asked).toEqual(["t.example.test", "example.test", "ns1.dns.test"]);
  });

  it("takes the zone's word that there is no such name", async () => {
    const zone = await nameServerFor({});
    const ordinary = await nameServerFor({
      "example.test": [nameServer("ns1.dns.test")],
      "ns1.dns.test": [address("127.0.0.1")],
    });
    const [, port = ""] = zone.server.split(":");
    const lookup = zoneLookup("example.test", (name) => zoneResolver(name, [ordinary.server], Number(port)));

    await expect(look(lookup, "localhost")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("finds the servers once for any number of names", async () => {
    let found = 0;
    const lookup = zoneLookup("example.test", async () => {
      found += 1;
      return async () => ["192.0.2.7"];
    });

    await Promise.all(Array.from({ length: 200 }, (_, index) => look(lookup, `t${index}.example.test`)));

    expect(found).toBe(1);
  });

  it("finds the servers once more, not once a name, when they do not answer", async () => {
    let found = 0;
    const lookup = zoneLookup("example.test", async () => {
      found += 1;
      return () => Promise.reject(new Error("no answer"));
    });
    const lookAtLocalhost = () => look(lookup, "localhost");

    await Promise.all(Array.from({ length: 20 }, lookAtLocalhost));
    await lookAtLocalhost();

    expect(found).toBe(2);
  });

  it("leaves it to the system where the zone's servers cannot be found", async () => {
    const lookup = zoneLookup("example.test", () => Promise.reject(new Error("no network")));

    expect(await look(lookup, "localhost", true)).toContainEqual(expect.objectContaining({ family: 4 }));
  });
});
