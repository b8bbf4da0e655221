// Every environment variable that a Lambda may be given, described once: a Lambda's description (task.ts) picks those
// that it uses. Descriptions are loaded where nothing else of a Lambda is, hence no import that loads more than zod.
import * as z from "zod";
import { LONGEST_CAPACITY_WAIT_MINUTES } from "../machine/capacity-wait.ts";
import { LONGEST_START_MINUTES } from "../machine/first-answer.ts";

const text = z.string().min(1);
const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.int().min(min).max(max));

const share = z
  .string()
  .regex(/^(0?\.\d+|0|1)$/, "must be a number from 0 to 1")
  .transform(Number);

const json = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON", input: value });
    return z.NEVER;
  }
});

const subnet = z.object({ id: text, zone: text });
export type Subnet = z.infer<typeof subnet>;

export const variables = z.object({
  STAGE: text,
  TENANTS_TABLE: text,
  AUDIT_TABLE: text,
  IDEMPOTENCY_TABLE: text,
  LEASES_TABLE: text,
  BASE_DOMAIN: text,
  CLOUDFLARE_ACCOUNT_ID: text,
  CLOUDFLARE_ZONE_ID: text,
  /** Name of the SecureString that holds the Cloudflare API token. */
  CLOUDFLARE_TOKEN_PARAMETER: text,
  /** Set only where something else answers for Cloudflare, such as the local stage. */
  CLOUDFLARE_BASE_URL: z.url().optional(),
  /** KMS key of the tenants' SecureStrings. */
  PARAMETER_KEY_ID: text,
  LAUNCH_TEMPLATE_ID: text,
  /** Of the tenants' machines, as the launch template names them. */
  INSTANCE_PROFILE_ARN: text,
  SECURITY_GROUP_ID: text,
  /** What a machine may be, `["t4g.small", …]`: the first is the launch template's, the others are for want of room. */
  INSTANCE_TYPES: json.pipe(z.array(text).min(1)),
  /** How long to wait for room for a machine. */
  CAPACITY_WAIT_SECONDS: wholeNumber(0, LONGEST_CAPACITY_WAIT_MINUTES * 60),
  /** `[{"id":"subnet-…","zone":"eu-central-1a"}, …]` */
  SUBNETS: json.pipe(z.array(subnet).min(1)),
  /** Unique id (AROA…) of the instances' role: the first half of a parameter's `reader` tag. */
  INSTANCE_ROLE_ID: text,
  VOLUME_SIZE_GIB: wholeNumber(1, 65_536),
  /** KMS key of the data volumes; without it, the account's default EBS key. */
  VOLUME_KEY_ID: text.optional(),
  VOLUME_RETENTION: z.enum(["delete", "snapshot", "retain"]),
  /** Path on the tenant's hostname that answers 200 once the tenant is served. */
  HEALTH_PATH: z.string().startsWith("/"),
  /** How long a machine may take to its first 200. */
  FIRST_ANSWER_SECONDS: wholeNumber(60, LONGEST_START_MINUTES * 60),
  /** Set only where the edge is not Cloudflare's: probes go there, with the tenant's hostname as Host. */
  EDGE_URL: z.url().optional(),
  /** What the ARNs of the stage's state machines begin with; the workflow's name follows. */
  WORKFLOW_ARN_PREFIX: text,
  /** Name of the SSM document by which units of a machine are restarted. */
  RESTART_DOCUMENT: text,
  /** More than this share of the fleet not served at once (0 to 1) is an outage, and nothing is repaired. */
  OUTAGE_SHARE: share,
  /** Fewer tenants than this are never an outage, however small the fleet. */
  OUTAGE_MINIMUM: wholeNumber(1, 10_000),
  /** How long nothing may be known of a tenant before a person is told. */
  SILENCE_SECONDS: wholeNumber(60, 86_400),
  /** How many provisions, repairs and removals may be under way at once. */
  PROVISIONS_AT_ONCE: wholeNumber(1, 1_000),
  REPAIRS_AT_ONCE: wholeNumber(1, 1_000),
  REMOVALS_AT_ONCE: wholeNumber(1, 1_000),
  /** How long a tenant is left alone after a repair; doubled for each one in a row that failed. */
  COOLDOWN_SECONDS: wholeNumber(0, 86_400),
  /** How many healthy-looking tenants a sweep asks for their health page. */
  PROBES_PER_SWEEP: wholeNumber(0, 100_000),
  /** Whether a tenant's data is kept as a snapshot before its machine is replaced. */
  SNAPSHOT_BEFORE_REPLACEMENT: z.enum(["true", "false"]).transform((value) => value === "true"),
  /** `["www", …]` */
  RESERVED_SLUGS: json.pipe(z.array(z.string())),
});
