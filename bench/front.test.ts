// The front's price: the same application with and without it, asked in turns, so that what else the computer does
// falls on both alike.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { findProgram } from "../local/find-program.ts";
import { frontProbe, startFront } from "../test/support/front-process.ts";

const MIB = 1024 * 1024;
const REQUESTS = 4_000;
const haproxy = findProgram("haproxy");
const app = fileURLToPath(new URL("benched-app.ts", import.meta.url));
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

let directory: string;
let ports: { front: number; app: number };
let processes: ReturnType<typeof startFront>[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "front-"));
  ports = { front: await getPort(), app: await getPort() };
  const env = { ...process.env, APP_PORT: String(ports.app) };
  processes = [spawn(process.execPath, [app], { env, stdio: "ignore" }), startFront({ directory, ports })];
  await vi.waitFor(async () => expect(await ask(ports.front)).toBe(200), { timeout: 10_000, interval: 50 });
});
afterAll(async () => {
  agent.destroy();
  for (const one of processes) one.kill();
  await rm(directory, { recursive: true, force: true });
});

const ask = (port: number, options: http.RequestOptions = {}, body?: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .request({ host: "127.0.0.1", port, path: "/", agent, ...options }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      })
      .on("error", reject)
      .end(body);
  });

/** In milliseconds. */
const timed = async (work: () => Promise<number>): Promise<number> => {
  const start = performance.now();
  expect(await work()).toBe(200);
  return performance.now() - start;
};

const share = (values: number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? Number.NaN;

/** Each way's times, of requests made in turns. */
const inTurns = async (count: number, direct: () => Promise<number>, fronted: () => Promise<number>) => {
  const times: { direct: number[]; fronted: number[] } = { direct: [], fronted: [] };
  for (let turn = 0; turn < count; turn++) {
    times.direct.push(await timed(direct));
    times.fronted.push(await timed(fronted));
  }
  return times;
};

const micros = (milliseconds: number): string => `${(milliseconds * 1_000).toFixed(0)} µs`;
const mibPerSecond = (times: number[]): number => (64 * 1_000) / share(times, 0.5);

const residentMib = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
};

it.runIf(haproxy)(
  "adds less than a millisecond to a request, at the median and the 99th percentile",
  async () => {
    const visitor = await inTurns(
      REQUESTS,
      () => ask(ports.app),
      () => ask(ports.front),
    );
    const probe = await inTurns(
      500,
      () => ask(ports.app),
      () => ask(ports.front, { headers: frontProbe() }),
    );

    const added = (part: number) => share(visitor.fronted, part) - share(visitor.direct, part);
    process.stdout.write(
      `the front adds ${micros(added(0.5))} at the median and ${micros(added(0.99))} at the 99th percentile to ${micros(share(visitor.direct, 0.5))} and ${micros(share(visitor.direct, 0.99))}; a probe's proof ${micros(share(probe.fronted, 0.5) - share(visitor.fronted, 0.5))} more\n`,
    );
    expect(added(0.5)).toBeLessThan(1);
  },
);

it.runIf(haproxy)(
  "passes 64 MiB on at no less than a third of the application's own speed, and keeps none of it",
  async () => {
    const down = { path: `/?bytes=${64 * MIB}` };
    const body = Buffer.alloc(64 * MIB);
    const up = { method: "POST", headers: { "content-length": body.length } };

    const downloads = await inTurns(
      8,
      () => ask(ports.app, down),
      () => ask(ports.front, down),
    );
    const uploads = await inTurns(
      8,
      () => ask(ports.app, up, body),
      () => ask(ports.front, up, body),
    );

    const mebibytes = await residentMib(processes[1]?.pid ?? 0);
    for (const [way, times] of Object.entries({ down: downloads, up: uploads })) {
      const [direct, fronted] = [mibPerSecond(times.direct), mibPerSecond(times.fronted)];
      process.stdout.write(
        `64 MiB ${way}: ${fronted.toFixed(0)} MiB/s through the front, ${direct.toFixed(0)} without it\n`,
      );
      expect(fronted).toBeGreaterThan(direct / 3);
    }
    process.stdout.write(`the front holds ${mebibytes.toFixed(1)} MiB\n`);
    expect(mebibytes).toBeLessThan(64);
  },
);
