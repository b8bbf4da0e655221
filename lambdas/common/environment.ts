// Every environment variable that a Lambda may be given, described once: a Lambda's own environment.ts picks
// what it uses, its handler parses that, and the CDK construct is typed by it. Hence no import besides zod.
import * as z from "zod";

const text = z.string().min(1);
const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.int().min(min).max(max));

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
  /** Where the tenant's application listens on its machine's loopback. */
  ORIGIN_PORT: wholeNumber(1, 65_535),
  /** Set only where the edge is not Cloudflare's: probes go there, with the tenant's hostname as Host. */
  EDGE_URL: z.url().optional(),
  PROVISION_WORKFLOW_ARN: text,
  DEPROVISION_WORKFLOW_ARN: text,
  /** `["www", …]` */
  RESERVED_SLUGS: json.pipe(z.array(z.string())),
});
