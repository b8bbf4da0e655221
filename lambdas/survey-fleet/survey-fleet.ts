// Looks at every tenant of one page of the fleet, judges each by what this sweep and the ones before saw, and writes
// down what changed. It repairs nothing: judge-fleet sees all pages, and whether it is an outage.
import type { Logger } from "@aws-lambda-powertools/logger";
import type * as z from "zod";
import { type Clock, timestamp } from "../../core/clock.ts";
import { type Edge, targetOf } from "../../core/edge/edge.ts";
import { isMuch, type OutageLimits } from "../../core/fleet/outage-limits.ts";
import { MOST_STRAYS, type Survey } from "../../core/fleet/survey.ts";
import { bounded } from "./bounded.ts";
import { classify } from "./classify.ts";
import { initialsOf, pagesFor } from "./fleet-page.ts";
import type { FleetRows } from "./fleet-rows.ts";
import { judgeHealth } from "./health-change.ts";
import { type ObserveDeps, observe } from "./observe.ts";
import { type Subject, selectProbes, selectSecrets } from "./select-probes.ts";
import { type Judged, summarise } from "./summary.ts";
import type { task } from "./task.ts";
import type { TenantSecrets } from "./tenant-secrets.ts";

export interface SurveyFleetDeps extends ObserveDeps {
  env: Pick<
    z.output<typeof task.environment>,
    "BASE_DOMAIN" | "HEALTH_PATH" | "PROBES_PER_SWEEP" | "SILENCE_SECONDS"
  > &
    OutageLimits;
  rows: FleetRows;
  secrets: TenantSecrets;
  edge: Edge;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

const PROBES_AT_ONCE = 100;
/** In milliseconds. Who is not asked in time is asked in the next sweep. */
const PROBING_TIME = 25_000;

/** Three calls each, one after the other: Parameter Store gives an account few tags in a second. */
export const SECRETS_PER_SWEEP = 20;

const WRITES_AT_ONCE = 25;
/** In milliseconds from the start, well before the task's time is up. What is not written is found again. */
const WRITING_ENDS = 100_000;

export const surveyFleet = async (
  { page, pages: given, ...input }: z.output<typeof task.input>,
  deps: SurveyFleetDeps,
): Promise<Survey> => {
  const at = input.at ?? timestamp(deps.clock);
  const startedAt = deps.clock.now();
  const pages = given ?? pagesFor(await deps.rows.count());
  const { subjects, others, cloudflare, trouble, strays } = await observe(initialsOf(page, pages), deps);
  await probe(selectProbes(subjects, deps.env.PROBES_PER_SWEEP, at), deps);
  await lookAtSecrets(selectSecrets(subjects, SECRETS_PER_SWEEP, at), deps);
  const judged = judge(subjects, at, deps);
  const unwritten = await write(judged, startedAt + WRITING_ENDS, deps);
  const troubles = [trouble, unwritten].filter((one) => one !== undefined);
  return {
    page,
    pages,
    at,
    cloudflare,
    ...summarise(judged, others, at, pages),
    aws: troubles.length > 0 ? { trouble: troubles.join(" ") } : {},
    strays: strays.slice(0, MOST_STRAYS),
  };
};

/** Silence of a whole fleet is the sweep's own trouble, which has an alarm of its own: no row changes its status. */
const judge = (subjects: Subject[], at: string, { env }: SurveyFleetDeps): Judged[] => {
  const found = subjects.map((subject) => ({ ...subject, finding: classify(subject.facts) }));
  const unknown = found.filter(({ finding }) => finding.kind === "unknown").length;
  const silence = isMuch(unknown, found.length, env) ? Number.POSITIVE_INFINITY : env.SILENCE_SECONDS;
  return found.map(({ row, facts, finding }) => ({
    row,
    facts,
    judgement: judgeHealth(row, finding, at, silence),
  }));
};

const probe = async (subjects: Subject[], { env, edge, clock }: SurveyFleetDeps): Promise<void> => {
  const end = clock.now() + PROBING_TIME;
  const ask = async ({ row, facts }: Subject) => {
    facts.probe = await edge.probe(targetOf(row, env));
  };
  await bounded(subjects, ask, { atOnce: PROBES_AT_ONCE, isOver: () => clock.now() > end });
};

/** What Parameter Store does not tell is no drift. */
const lookAtSecrets = async (
  subjects: Subject[],
  { secrets, clock, logger }: SurveyFleetDeps,
): Promise<void> => {
  const end = clock.now() + PROBING_TIME;
  const look = async ({ row, facts }: Subject) => {
    facts.secrets = await secrets.driftOf(row).catch((error: Error) => {
      logger.warn("parameters were not looked at", { slug: row.slug, error });
      return undefined;
    });
  };
  await bounded(subjects, look, { atOnce: 1, isOver: () => clock.now() > end });
};

/** One row's trouble keeps nobody else's from being written. @returns it in words */
const write = async (judged: Judged[], end: number, deps: SurveyFleetDeps): Promise<string | undefined> => {
  const changed = judged.filter(({ judgement }) => judgement.changed);
  const errors: Error[] = [];
  const put = async ({ row, judgement }: Judged) => {
    await deps.rows.write(row, judgement).catch((error: Error) => errors.push(error));
  };
  const isOver = () => deps.clock.now() > end;
  const left = await bounded(changed, put, { atOnce: WRITES_AT_ONCE, isOver });
  if (left + errors.length === 0) return undefined;
  deps.logger.warn("not all rows could be written", { left, failed: errors.length, error: errors[0] });
  return `${left + errors.length} of ${changed.length} changed rows were not written (${errors[0]?.name ?? "no time left"}).`;
};
