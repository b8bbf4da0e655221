// The tenant's row: what should exist, how far it has come, and what went wrong.
import * as z from "zod";
import { tenantFailure } from "./failure.ts";
import { purpose } from "./purpose.ts";
import { queuedWorkflowNames } from "./queue.ts";
import { tenantStatus } from "./status.ts";

/** What the tasks made, by the ids that the clouds gave. */
const tenantResources = z.object({
  tunnelId: z.string().optional(),
  instanceId: z.string().optional(),
  availabilityZone: z.string().optional(),
  volumeId: z.string().optional(),
  dnsRecordId: z.string().optional(),
});
export type TenantResources = z.infer<typeof tenantResources>;

export const healthStates = ["healthy", "degraded", "down", "starting", "unknown"] as const;
export type HealthState = (typeof healthStates)[number];

/** What is wrong with a tenant that is not healthy; the runbook has a section for each. */
export const healthCauses = [
  /** the tunnel has no connection, or the edge finds no connector */
  "connector",
  /** some of the tunnel's connections are missing, the others serve */
  "connections",
  /** the connector answers, the application behind it does not */
  "origin",
  /** the edge was reached, and no answer came in time */
  "silent",
  "stopped",
  /** a status check of EC2's failed */
  "impaired",
  /** EC2 shows no instance, or it was terminated */
  "missing",
  /** Cloudflare knows no tunnel of this tenant's */
  "tunnel",
  /** the hostname's record is missing, or leads elsewhere */
  "record",
  /** the connector has no rule that leads to the front */
  "ingress",
  /** an error page that is neither the front's nor the connector's */
  "edge",
  /** something else answers in the machine's place: a cache, a Worker, another tunnel */
  "stranger",
  /** another machine of this tenant's answers */
  "misrouted",
  /** something of its was changed by hand, and it is served all the same */
  "drift",
  /** nothing was known of it for longer than the stage allows */
  "silence",
] as const;
export type HealthCause = (typeof healthCauses)[number];

/** What the last sweep found that found something else than the one before. */
const tenantHealth = z.object({
  state: z.enum(healthStates),
  cause: z.enum(healthCauses).optional(),
  /** in words */
  reason: z.string().optional(),
  /** when this state was first seen */
  since: z.iso.datetime(),
  /** while its machine says that it starts */
  startingSince: z.iso.datetime().optional(),
  /** sweeps in a row that found the tenant not served */
  badSweeps: z.int().nonnegative(),
  /** the sweep that counted last, by its time: one that is tried again counts once */
  countedAt: z.iso.datetime().optional(),
  /** when it was last healthy; not there while it is */
  healthyUntil: z.iso.datetime().optional(),
});
export type TenantHealth = z.infer<typeof tenantHealth>;

/** The repair under way, or the last one. */
const tenantRepair = z.object({
  /** how many were begun: part of the execution's name */
  attempt: z.int().positive(),
  /** how many failed in a row: each doubles the cooldown */
  failures: z.int().nonnegative(),
  /** how often the one under way had to be started anew, because its execution ended without a word */
  resumed: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  /** why it began, in words */
  reason: z.string(),
  /** the rung under way, or the last one tried */
  rung: z.string().optional(),
  /** the instances that a replacement takes away; there from before the new one is launched until it has taken over */
  replaces: z.array(z.string()).optional(),
  /** the cooldown's end: no repair begins sooner */
  notBefore: z.iso.datetime().optional(),
});
export type TenantRepair = z.infer<typeof tenantRepair>;

export const tenant = z.object({
  slug: z.string(),
  generation: z.ulid(),
  status: tenantStatus,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Finished steps of the workflow under way: state name to the time it finished. */
  steps: z.record(z.string(), z.iso.datetime()),
  resources: tenantResources,
  /** the workflow that it waits for to begin, and since when; gone once it was let begin */
  queue: z.enum(queuedWorkflowNames).optional(),
  queuedAt: z.iso.datetime().optional(),
  /** when its provision was let begin */
  admittedAt: z.iso.datetime().optional(),
  ...purpose.shape,
  /** among whom turns in the queue go around: its owner, or else the API's caller as its authorizer knows it */
  requestedBy: z.string().optional(),
  /** the step that a cloud keeps waiting, and for what, in a sentence; of the last try */
  waiting: z.object({ step: z.string(), reason: z.string() }).optional(),
  failure: tenantFailure.optional(),
  /** not there until a sweep has seen the tenant ready */
  health: tenantHealth.optional(),
  /** not there until a first repair */
  repair: tenantRepair.optional(),
  /** How often a removal was asked for: it makes each execution's name unique. */
  deletions: z.int().nonnegative(),
});
export type Tenant = z.infer<typeof tenant>;
