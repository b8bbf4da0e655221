import { beforeAll, expect, test } from "vitest";
import { cloudflareApiToken } from "../support/cloudflare-token.ts";
import { nothing } from "../support/remains.ts";
import { tunnelSecret } from "./secret-values.ts";
import { losesItsMachine, removedByHand, slugs, type TenLives, tenLives } from "./ten-lives.ts";

let lives: TenLives;
beforeAll(async () => {
  lives = await tenLives();
}, 240_000);

test("each is accepted at once with a place to look", () => {
  const accepted = lives.answers.slice(0, slugs.length);
  expect(accepted.map(({ status }) => status)).toEqual(slugs.map(() => 202));
  expect(accepted.map(({ headers }) => headers.get("location"))).toEqual(
    slugs.map((slug) => `/tenants/${slug}`),
  );
});

test("each answers 200 on its own hostname with its own identity and no other's", () => {
  const { seen, ready } = lives;
  expect(seen.map(({ health }) => health.status)).toEqual(slugs.map(() => 200));
  const identities = seen.map(({ identity }) => JSON.parse(identity.body));
  expect(identities.map(({ slug, hostname }) => ({ slug, hostname }))).toEqual(
    ready.map(({ slug, hostname }) => ({ slug, hostname })),
  );
  expect(new Set(identities.map(({ instanceId }) => instanceId)).size).toBe(slugs.length);
});

test("each speaks WebSocket through its tunnel", () => {
  const echoes = lives.seen.map(({ echoed }) => ({ slug: echoed.slug, echo: echoed.echo }));
  expect(echoes).toEqual(lives.ready.map(({ slug, hostname }) => ({ slug, echo: `hello ${hostname}` })));
});

test("each costs three Cloudflare calls", () => {
  expect(lives.calls.byEndpoint).toEqual({
    "POST /accounts/{account_id}/cfd_tunnel": slugs.length,
    "PUT /accounts/{account_id}/cfd_tunnel/{tunnel_id}/configurations": slugs.length,
    "POST /zones/{zone_id}/dns_records": slugs.length,
  });
});

test("each has one tunnel, record and machine, three secrets, a root and a data volume while it lives", () => {
  const counts = Object.entries(lives.whileReady.remains).map(([kind, found]) => [kind, found.length]);
  expect(Object.fromEntries(counts)).toEqual({
    tunnels: 10,
    records: 10,
    instances: 10,
    volumes: 20,
    snapshots: 0,
    parameters: 30,
    rows: 10,
  });
});

/** MiniStack's histories leave out that a branch's task was entered, but not that it was scheduled, once per attempt. */
const isTransition = (type: string) =>
  type === "TaskScheduled" || (type.endsWith("StateEntered") && type !== "TaskStateEntered");

test("each takes ten state transitions, or a few more where something was retried", () => {
  const transitions = lives.provisions
    .filter(({ name }) => slugs.some((slug) => name.startsWith(slug)))
    .map(({ events }) => events.filter(({ type = "" }) => isTransition(type)).length);
  expect(transitions).toHaveLength(slugs.length);
  expect(Math.min(...transitions)).toBe(10);
  expect(Math.max(...transitions)).toBeLessThanOrEqual(12);
});

test("the one that lost its machine got another by one repair", () => {
  const repairs = lives.repairs.filter(({ name }) => slugs.some((slug) => name.startsWith(slug)));
  expect(repairs.map(({ name, status }) => [name.slice(0, losesItsMachine.length), status])).toEqual([
    [losesItsMachine, "SUCCEEDED"],
  ]);
});

test("nothing is left when they are deleted, one of them by removing its row", () => {
  expect(lives.after.remains).toEqual(nothing);
});

test("each removal ran once, whichever way it was asked for", () => {
  const of = (slug: string) => lives.removals.filter(({ name }) => name.startsWith(`${slug}-`));
  for (const slug of slugs) {
    expect(
      of(slug).map(({ status }) => status),
      slug,
    ).toEqual(["SUCCEEDED"]);
    expect(of(slug)[0]?.name.endsWith(slug === removedByHand ? "-removed" : "-delete-1"), slug).toBe(true);
  }
});

test("each removal's audit entry says when each resource was seen absent", () => {
  for (const slug of slugs) {
    const entry = lives.audit.find((found) => found.slug === slug);
    expect(entry?.reason).toBe(slug === removedByHand ? "removed" : "delete");
    const resources = entry?.resources as { kind: string; seenAbsentAt: string }[];
    expect(resources.map(({ kind }) => kind).toSorted(), slug).toEqual([
      "dns-record",
      ...(slug === losesItsMachine ? ["instance", "instance"] : ["instance"]),
      "secret",
      "secret",
      "secret",
      // Of its data, before the machine was replaced.
      ...(slug === losesItsMachine ? ["snapshot"] : []),
      "tunnel",
      "volume",
    ]);
    for (const { seenAbsentAt } of resources) expect(Date.parse(seenAbsentAt)).toBeGreaterThan(0);
  }
});

test("no secret is in any history, log, table item or answer", async () => {
  const answers = JSON.stringify([lives.answers, lives.seen]);
  const { whileReady, after } = lives;
  const tokens = lives.secrets.filter(({ Name }) => Name?.endsWith("/tunnel-token"));
  const secrets = [
    ...lives.secrets.map(({ Value = "" }) => Value),
    ...tokens.map(({ Value = "" }) => tunnelSecret(Value)),
    await cloudflareApiToken(),
  ];
  const places = [
    ...Object.entries(whileReady.written),
    ...Object.entries(after.written),
    ["answers", answers],
  ];

  // Three secrets each, the one inside the tunnel's token, and the API's.
  expect(secrets).toHaveLength(4 * slugs.length + 1);
  for (const [place, text = ""] of places) {
    expect(text.length, `${place} holds something`).toBeGreaterThan(100);
    for (const secret of secrets) expect(text.includes(secret), `a secret is in the ${place}`).toBe(false);
  }
});
