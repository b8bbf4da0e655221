import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { publish, startTestCloudflare } from "../../test/support/cloudflare/test-cloudflare.ts";

test("listens on loopback, and writes the authority that connectors need", async () => {
  const cloudflare = await startTestCloudflare();

  const authority = await readFile(cloudflare.caFile, "utf8");
  await cloudflare.close();

  expect(cloudflare.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/client\/v4$/);
  expect(cloudflare.edgeUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(cloudflare.tunnelAddress).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(authority).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(authority).not.toContain("PRIVATE KEY");
});

test("a port that is taken fails the start by name, and leaves nothing behind", async () => {
  const squatter = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => squatter.once("listening", resolve));
  const { port } = squatter.address() as { port: number };

  const start = startTestCloudflare({ ports: { edge: port } });

  await expect(start).rejects.toThrow(
    `port ${port} is taken; stop what listens there, or give another as ports.edge`,
  );
  squatter.close();
});

test("closes although a call hangs", async () => {
  const cloudflare = await startTestCloudflare();
  await cloudflare.admin.addFault({ endpoint: "GET /zones", effect: { kind: "hang" } });
  const hanging = fetch(`${cloudflare.apiUrl}/zones`, { headers: { authorization: "Bearer full-token" } });
  hanging.catch(() => undefined);
  await expect.poll(async () => (await cloudflare.admin.calls()).total).toBe(1);

  await cloudflare.close();

  await expect(hanging).rejects.toThrow();
});

test("a reset forgets everything", async () => {
  const cloudflare = await startTestCloudflare();
  await publish(cloudflare, "acme", "http://localhost:1");

  await cloudflare.admin.reset();

  expect(await cloudflare.admin.state()).toEqual({ tunnels: [], records: [], connections: [] });
  expect((await cloudflare.admin.calls()).total).toBe(0);
  await cloudflare.close();
});

test("two run side by side", async () => {
  const [one, other] = await Promise.all([startTestCloudflare(), startTestCloudflare()]);
  await publish(one, "acme", "http://localhost:1");

  const tunnels = (await other.admin.state()).tunnels;
  await Promise.all([one.close(), other.close()]);

  expect(tunnels).toEqual([]);
});
