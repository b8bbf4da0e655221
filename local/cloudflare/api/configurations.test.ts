import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../../test/support/cloudflare/test-cloudflare.ts";

let cloudflare: TestCloudflare;
let id: string;
beforeAll(async () => {
  cloudflare = await startTestCloudflare();
});
beforeEach(async () => {
  await cloudflare.admin.reset();
  id = (await tunnels().create({ account_id: ACCOUNT, name: "acme" })).id ?? "";
});
afterAll(() => cloudflare.close());

const tunnels = () => cloudflare.client.zeroTrust.tunnels.cloudflared;
/** Past the official type, which requires a hostname even of the catch-all. */
const put = (ingress: object[]) =>
  tunnels().configurations.update(id, {
    account_id: ACCOUNT,
    config: { ingress: ingress as { hostname: string; service: string }[] },
  });
const CATCH_ALL = { service: "http_status:404" };

test("a tunnel starts without a configuration, at version 0", async () => {
  const configuration = await tunnels().configurations.get(id, { account_id: ACCOUNT });

  expect(configuration).toMatchObject({ tunnel_id: id, version: 0, config: null, source: "local" });
});

test("each configuration is a new version, and makes the tunnel a remotely managed one", async () => {
  await put([CATCH_ALL]);
  const ingress = [{ hostname: "a.example.test", service: "http://localhost:8080" }, CATCH_ALL];

  const result = await put(ingress);

  expect(result).toMatchObject({ version: 2, config: { ingress }, source: "cloudflare" });
  expect(await tunnels().configurations.get(id, { account_id: ACCOUNT })).toEqual(result);
});

test.each([
  [
    "without a catch-all at the end",
    [{ hostname: "a.example.test", service: "http://x" }],
    /last ingress rule must match all URLs/,
  ],
  [
    "with a path in the last rule",
    [{ path: "/a", service: "http://x" }],
    /last ingress rule must match all URLs/,
  ],
  ["with a catch-all before the end", [CATCH_ALL, CATCH_ALL], /Rule #1 is matching the hostname ''/],
  [
    "with a wildcard inside a name",
    [{ hostname: "a.*.test", service: "http://x" }, CATCH_ALL],
    /at most one wildcard/,
  ],
  [
    "with a rule without a service",
    [{ hostname: "a.example.test" }, CATCH_ALL],
    /config\.ingress\.0\.service/,
  ],
])("a configuration %s is refused, and the one before stays", async (_what, ingress, message) => {
  await put([CATCH_ALL]);

  await expect(put(ingress)).rejects.toMatchObject({
    status: 400,
    errors: [{ code: 1056, message: expect.stringMatching(message) }],
  });
  expect(await tunnels().configurations.get(id, { account_id: ACCOUNT })).toMatchObject({ version: 1 });
});
