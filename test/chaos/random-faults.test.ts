// Anything may happen to eight tenants, in any order, while others come and go. When it ends, all are served again, and
// whatever is in the clouds belongs to a row, once.
//
// CHAOS_SEED=<the seed that a run printed> repeats its acts; how they fall in time is not repeated.
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, expect, inject, test } from "vitest";
import { secretNames } from "../../core/tenant/names.ts";
import { memberOf } from "../support/machines.ts";
import { nothing, remainsOf } from "../support/remains.ts";
import { machines } from "../support/stage.ts";
import { create, remove, rowOf, waiting, whenRowGone } from "../support/tenants.ts";
import { inventory, whenReadyAgain, whenServed } from "./members.ts";
import { acts, endFaults } from "./random-acts.ts";

const ACTS = 60;
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
const victims = () => inject("fleet").slice(12, 20);
const passing = ["passing-0", "passing-1", "passing-2", "passing-3"];

interface Step {
  what: string;
  whom: number;
  pause: number;
}

/** Who comes and goes is removed from the first moment on: a removal meets a provision in every state. */
const comeOrGo = async (slug: string): Promise<unknown> =>
  (await rowOf(slug)) ? remove(slug) : create(slug);

const happens = fc.record({
  what: fc.constantFrom(...Object.keys(acts), ...Array<string>(8).fill("come or go")),
  whom: fc.nat(),
  pause: fc.nat(3_000),
});

const take = async ({ what, whom, pause }: Step): Promise<void> => {
  if (what === "come or go") await comeOrGo(passing[whom % passing.length] ?? "");
  else {
    const row = await rowOf(victims()[whom % victims().length] ?? "");
    // What is broken already, or just being made anew, cannot be broken so.
    await acts[what]?.(row).catch(() => undefined);
  }
  await sleep(pause);
};

const goneForGood = async (slug: string): Promise<void> => {
  if (await rowOf(slug)) await remove(slug);
  await whenRowGone(slug);
};

afterAll(() => endFaults([...victims(), ...passing]));

test(`after ${ACTS} random acts (seed ${seed}) everybody is served, and nothing is there twice or for nobody`, {
  timeout: 900_000,
}, async () => {
  const [steps = []] = fc.sample(fc.array(happens, { minLength: ACTS, maxLength: ACTS }), {
    seed,
    numRuns: 1,
  });
  process.stdout.write(`chaos: random acts of seed ${seed}\n`);

  for (const step of steps) await take(step);
  await endFaults([...victims(), ...passing]);
  const startedAt = Date.now();
  const rows = await Promise.all(
    victims().map(async (slug) => {
      const row = await whenReadyAgain(slug, { ...waiting, timeout: 600_000 });
      await whenServed(memberOf(row));
      return row;
    }),
  );
  await Promise.all(passing.map(goneForGood));

  process.stdout.write(
    `chaos: all were served ${((Date.now() - startedAt) / 1000).toFixed(1)} s after the last act\n`,
  );
  expect(await remainsOf(passing)).toEqual(nothing);
  const fleet = await Promise.all(inject("fleet").map(rowOf));
  const instanceIds = fleet.map(({ resources }) => resources.instanceId);
  const running = (await machines.machines()).map(({ instanceId }) => instanceId);
  expect(running.toSorted()).toEqual(instanceIds.toSorted());
  const { tunnels, records, parameters } = await remainsOf(victims());
  expect([tunnels, records, parameters].map(({ length }) => length)).toEqual([8, 8, 8 * secretNames.length]);
  for (const { slug, resources } of rows)
    expect(await inventory(slug)).toEqual({
      instances: [resources.instanceId],
      dataVolumes: [resources.volumeId],
    });
});
