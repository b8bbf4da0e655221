// The survey at the size it is made for, against the local stand-ins: what it costs in calls, seconds and memory.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Survey, survey as surveySchema } from "../core/fleet/survey.ts";
import { SECRETS_PER_SWEEP } from "../lambdas/survey-fleet/survey-fleet.ts";
import { withBundles } from "../lib/bundle.ts";
import { type SurveyedFleet, startSurveyedFleet } from "./surveyed-fleet.ts";

const TENANTS = 10_000;
const script = fileURLToPath(new URL("./run-survey.ts", import.meta.url));

interface Run {
  survey: Survey;
  seconds: number;
  mebibytes: number;
}

let fleet: SurveyedFleet;

beforeAll(async () => {
  fleet = await startSurveyedFleet(TENANTS);
}, 180_000);
afterAll(() => fleet.close());

const runSurvey = (): Promise<Run> =>
  withBundles(async ({ directory }) => {
    const bundle = join(directory, "survey-fleet", "index.mjs");
    const { stdout } = await execa(process.execPath, [script, bundle, "{}"], { env: fleet.environment });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Run;
  });

const inWords = ({ seconds, mebibytes }: Run): string =>
  `${seconds.toFixed(1)} s and ${mebibytes.toFixed(0)} MiB`;

it(`a survey of ${TENANTS} tenants fits into one run: calls, time and memory, the first time and every time`, async () => {
  const { cloudflare, ec2 } = fleet;
  const first = await runSurvey();
  await Promise.all([cloudflare.admin.clearCalls(), ec2.admin.clearCalls()]);
  const second = await runSurvey();
  const { total } = await cloudflare.admin.calls();
  const ofEc2 = (await ec2.admin.calls()).length;

  process.stdout.write(
    `a survey of ${TENANTS} tenants: ${total} Cloudflare calls, ${ofEc2} of EC2; ${inWords(first)} for the first, which writes every row; ${inWords(second)} for the second\n`,
  );
  expect(total).toBeLessThanOrEqual(TENANTS / 1_000 + 1);
  for (const { survey, seconds, mebibytes } of [first, second]) {
    expect(surveySchema.parse(survey)).toMatchObject({
      page: 0,
      judged: TENANTS,
      bad: { total: 0 },
      connections: 4 * TENANTS,
      cloudflare: { calls: TENANTS / 1_000 },
    });
    // No tenant here has parameters, which a survey misses of the few whose it looks at.
    expect(survey.counts.healthy).toBeGreaterThanOrEqual(TENANTS - 2 * SECRETS_PER_SWEEP);
    expect(survey.down.length).toBeLessThanOrEqual(SECRETS_PER_SWEEP);
    for (const { cause } of survey.down) expect(cause).toBe("drift");
    expect(survey.aws).toEqual({});
    expect(seconds).toBeLessThan(120);
    expect(mebibytes).toBeLessThan(512);
  }
  expect(second.seconds).toBeLessThan(60);
});
