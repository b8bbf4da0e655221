import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";

const program = fileURLToPath(new URL("tenant-app.ts", import.meta.url));
const identity = {
  slug: "acme",
  generation: "01KASMPMXW5X0H3V0PM8NYQJ5D",
  hostname: "acme.example.test",
  instanceId: "i-0123456789abcdef0",
};

let app: ChildProcess;
let directory: string;
let origin: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "warren-app-"));
  await writeFile(join(directory, "admin-token"), "the-admin-token");
  const port = await getPort();
  origin = `127.0.0.1:${port}`;
  app = spawn(process.execPath, [program], {
    stdio: "inherit",
    env: {
      PORT: String(port),
      DATA_DIRECTORY: join(directory, "volume"),
      ADMIN_TOKEN_FILE: join(directory, "admin-token"),
      TENANT_SLUG: identity.slug,
      TENANT_GENERATION: identity.generation,
      TENANT_HOSTNAME: identity.hostname,
      INSTANCE_ID: identity.instanceId,
    },
  });
  await vi.waitFor(async () => expect((await get("/health")).status).toBe(200), { timeout: 10_000 });
});
afterAll(async () => {
  app.kill();
  await rm(directory, { recursive: true });
});

const get = (path: string): Promise<Response> => fetch(`http://${origin}${path}`);
const post = (path: string, body: string): Promise<Response> =>
  fetch(`http://${origin}${path}`, { method: "POST", body });

test("says whose it is: health, identity and page", async () => {
  const [health, who, page] = await Promise.all([get("/health"), get("/identity"), get("/")]);

  expect(await health.json()).toEqual({ status: "ok", ...identity });
  expect(await who.json()).toEqual(identity);
  const html = await page.text();
  for (const word of Object.values(identity)) expect(html).toContain(word);
});

test("stores data only where the volume is attached", async () => {
  const early = await post("/data/ledger", "42");
  await mkdir(join(directory, "volume"));

  const stored = await post("/data/ledger", "42");
  const read = await get("/data/ledger");

  expect(early.status).toBe(503);
  expect(stored.status).toBe(200);
  expect(await read.text()).toBe("42");
  expect((await get("/data/nothing")).status).toBe(404);
  expect((await get("/data/..%2fsecret")).status).toBe(400);
});

test("lets in as administrator only who has the token of its file", async () => {
  const asking = async (headers: Record<string, string>) =>
    (await fetch(`http://${origin}/admin`, { headers })).status;

  expect(await asking({})).toBe(401);
  expect(await asking({ authorization: "Bearer the-wrong-one!" })).toBe(401);
  expect(await asking({ authorization: "Bearer the-admin-token" })).toBe(200);
});

test("echoes over a WebSocket and names its tenant", async () => {
  const socket = new WebSocket(`ws://${origin}/echo`);
  const answer = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
  socket.once("open", () => socket.send("hello"));

  const message = JSON.parse(await answer);
  socket.close();

  expect(message).toEqual({ ...identity, echo: "hello" });
});

test("answers 404 elsewhere", async () => {
  expect((await get("/nowhere")).status).toBe(404);
});

test("is not healthy, and takes no more data, once its volume is full", async () => {
  await rm(join(directory, "volume"), { recursive: true, force: true });
  await mkdir(join(directory, "volume"));
  await writeFile(join(directory, ".filesystem-size"), "10");

  const statuses = [(await post("/data/some", "12345")).status, (await post("/data/more", "123456")).status];

  expect(statuses).toEqual([200, 507]);
  expect((await get("/health")).status).toBe(200);
  await post("/data/rest", "12345");
  expect((await get("/health")).status).toBe(507);
});
