// EC2's answers lack what is there, or a cache answers for a machine: what serves is left as it is, whatever is shown.
import { afterEach, expect, test } from "vitest";
import { frontHeaders } from "../../core/machine/front.ts";
import type { Showing } from "../../local/ec2/faults/showings.ts";
import { frontProbe } from "../support/front-process.ts";
import { cloudflare, machines } from "../support/stage.ts";
import { rowOf, visit, whenStatus } from "../support/tenants.ts";
import { auditedActs } from "./audited-acts.ts";
import { inventory, member, whenReadyAgain } from "./members.ts";
import { nextSweeps } from "./sweeps.ts";

afterEach(async () => {
  await machines.showAll();
  await cloudflare.clearAnswers();
});

const showings: [string, number, Showing["as"]][] = [
  ["that no listing has", 8, "not-listed"],
  ["that EC2 does not even know by its id", 9, "unknown"],
  ["whose tags are not shown", 10, "without-tags"],
];

test.each(showings)("a machine %s serves on, and none is made in its place", async (_, index, as) => {
  const { slug, hostname, instanceId } = await member(index);
  const before = await inventory(slug);
  await machines.show({ instanceId, as });

  await nextSweeps(4);

  expect(await visit(hostname, "/health")).toMatchObject({ status: 200 });
  await machines.showAll();
  await whenReadyAgain(slug);
  expect(await inventory(slug)).toEqual(before);
  const acts = (await auditedActs({ slug })).filter((act) => !act.startsWith("correct-machine"));
  expect(acts).toEqual([]);
});

test("a cache that answers with what the machine's own front once said proves nothing, and no machine is touched", async () => {
  const { slug, hostname, instanceId } = await member(11);
  const { generation } = await rowOf(slug);
  const once = await visit(hostname, "/health", { headers: frontProbe(undefined, generation) });
  const said = Object.values(frontHeaders).map((name) => [name, String(once.headers[name])]);

  await cloudflare.placeAnswer({ hostname, status: 200, headers: Object.fromEntries(said), body: once.body });
  const { failure } = await whenStatus(slug, "degraded");
  await cloudflare.clearAnswers();
  await whenReadyAgain(slug);

  expect(failure.reason).toContain("a cache answers in the machine's place");
  expect(await auditedActs({ slug })).toEqual([]);
  expect((await inventory(slug)).instances).toEqual([instanceId]);
});
