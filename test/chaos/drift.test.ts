// Something of one tenant is changed by hand, in a fleet of fifty: it is put back where it is, and no machine is touched that
// need not be.
import { afterAll, expect, test, vi } from "vitest";
import { instanceTagsOf } from "../../core/machine/machine-contract.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import * as drift from "../support/drift.ts";
import { memberOf } from "../support/machines.ts";
import { cloudflare } from "../support/stage.ts";
import { rowOf, whenStatus } from "../support/tenants.ts";
import { auditedActs } from "./audited-acts.ts";
import { inventory, member, secondsOut, secondsUntil, whenReadyAgain } from "./members.ts";

const figures: Record<string, string> = {};
afterAll(() => {
  for (const [kind, seconds] of Object.entries(figures)) process.stdout.write(`drift: ${kind}: ${seconds}\n`);
});

type Drift = (row: Tenant) => Promise<unknown>;

/** What keeps visitors out, by the acts that put it back. */
const unserved: [kind: string, index: number, by: Drift, acts: string[]][] = [
  ["a record that was deleted", 20, drift.deletedRecord, ["correct-route: done"]],
  ["a record that points elsewhere", 21, drift.movedRecord, ["correct-route: done"]],
  ["a record that is not proxied", 22, drift.unproxiedRecord, ["correct-route: done"]],
  ["rules that were lost", 23, drift.lostRules, ["correct-route: done"]],
  ["rules that lead elsewhere", 24, drift.replacedRules, ["correct-route: done"]],
  [
    "a tunnel that was deleted",
    25,
    drift.deletedTunnel,
    ["correct-route: deferred", "restart-connector: done"],
  ],
  [
    "a tunnel's secret that was changed",
    26,
    drift.changedSecret,
    ["correct-route: deferred", "restart-connector: done"],
  ],
];

test.each(unserved)("%s is put back, and the machine stays", async (kind, index, by, acts) => {
  const broken = await member(index);
  const row = await rowOf(broken.slug);

  const seconds = await secondsOut(broken, () => by(row));

  figures[kind] = `${seconds.toFixed(1)} s`;
  await whenReadyAgain(broken.slug);
  expect(await auditedActs(broken)).toEqual(acts);
  expect((await inventory(broken.slug)).instances).toEqual([broken.instanceId]);
});

const instanceOf = ({ resources: { instanceId = "" } }: Tenant) => drift.shown(instanceId);
const isTagged = async (row: Tenant) => {
  const { Tags = [] } = await instanceOf(row);
  const own = instanceTagsOf({ stage: "local", ...row }, memberOf(row).hostname);
  return Object.entries(own).every(([key, value]) =>
    Tags.some(({ Key, Value }) => Key === key && Value === value),
  );
};
const isAttached = async (row: Tenant) =>
  (await instanceOf(row)).BlockDeviceMappings?.some(({ Ebs }) => Ebs?.VolumeId === row.resources.volumeId) ===
  true;
const hasProfile = async (row: Tenant) => (await instanceOf(row)).IamInstanceProfile !== undefined;
const isGrouped = async (row: Tenant) =>
  (await instanceOf(row)).SecurityGroups?.every(({ GroupName }) => GroupName !== "default") === true;
const isReader = async (row: Tenant) =>
  (await drift.readersOf(row)).every((reader) => reader?.endsWith(`:${row.resources.instanceId}`));

/** What nobody notices who asks for a page. */
const served: [
  kind: string,
  index: number,
  by: Drift,
  isRight: (row: Tenant) => Promise<boolean>,
  act: string,
][] = [
  ["a tag that was deleted", 27, drift.lostTag, isTagged, "correct-machine: done"],
  ["all tags that were deleted", 35, drift.lostTags, isTagged, "correct-machine: done"],
  ["a data volume that was detached", 28, drift.detachedVolume, isAttached, "correct-machine: done"],
  ["an instance profile that was taken away", 31, drift.takenProfile, hasProfile, "correct-machine: done"],
  ["a security group that was changed", 32, drift.foreignGroup, isGrouped, "correct-machine: done"],
  ["an admin token that was deleted", 33, drift.deletedAdminToken, isReader, "correct-secrets: done"],
  ["a reader tag that was changed", 34, drift.foreignReader, isReader, "correct-secrets: done"],
  ["a tunnel that was renamed", 29, drift.renamedTunnel, drift.isNamed, "correct-route: done"],
];

test.each(served)("%s: put back while the tenant is served", async (kind, index, by, isRight, act) => {
  const { slug, instanceId } = await member(index);
  const row = await rowOf(slug);

  await by(row);
  const seconds = await secondsUntil(() => isRight(row));

  figures[kind] = `${seconds.toFixed(1)} s, served all the time`;
  await vi.waitFor(async () => expect(await auditedActs({ slug })).toEqual([act]), { timeout: 60_000 });
  await whenReadyAgain(slug);
  expect((await inventory(slug)).instances).toEqual([instanceId]);
});

test("a Worker's route that answers first is told, no machine is touched for it, and its end is seen", async () => {
  const { slug, hostname, instanceId } = await member(30);

  await cloudflare.placeAnswer({ hostname, status: 200, body: "the old shared Worker" });
  const { failure } = await whenStatus(slug, "degraded");
  await cloudflare.clearAnswers();
  await whenReadyAgain(slug);

  expect(failure.reason).toContain("something else answers in its place");
  expect(await auditedActs({ slug })).toEqual([]);
  expect((await inventory(slug)).instances).toEqual([instanceId]);
});
