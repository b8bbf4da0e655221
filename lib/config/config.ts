// One schema for config/<stage>.json, so that a wrong value stops the synthesis and not a deploy half done.
// The message on each field says what is allowed; lib/config/config-problems.ts adds where, and what was found.
import * as z from "zod";
import { LONGEST_CAPACITY_WAIT_MINUTES } from "../../core/machine/capacity-wait.ts";
import { LONGEST_START_MINUTES } from "../../core/machine/first-answer.ts";
import { dnsLabel } from "../../core/tenant/slug.ts";
import { architectureOf, flag, instanceType, matching, oneOf, wholeNumber } from "./config-fields.ts";
import { strictObject } from "./config-problems.ts";
import { dailySnapshots, health } from "./health-config.ts";
import { image, imageRules, refinementOf } from "./image-config.ts";

const hexId = matching(
  /^[0-9a-f]{32}$/,
  "32 lower-case hexadecimal digits, as the Cloudflare dashboard shows",
);
const parameterName = matching(
  /^(\/[\w.-]+)+$/,
  "the name of an SSM parameter, such as /warren/staging/name",
);

/** Retention periods that CloudWatch Logs knows, in days. */
const logRetention = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653,
] as const;

const machineType = z.object({
  instanceType,
  architecture: oneOf(["arm64", "x86_64"]),
});
type MachineType = z.infer<typeof machineType>;

/** What else a machine may be, where there is no room for its own type, from the first to the last. */
const otherInstanceTypes = z.array(instanceType, "a list of EC2 instance types").default([]);
const machineTypes = machineType.extend({ otherInstanceTypes });

const architectureFits = ({ instanceType, architecture }: MachineType) =>
  architectureOf(instanceType) === architecture;

const machine = strictObject({
  ...machineTypes.shape,
  /** How long a new machine waits for room in the stage's zones, for a quota to be raised or a new account's verification. */
  capacityWaitMinutes: wholeNumber(0, LONGEST_CAPACITY_WAIT_MINUTES).default(60),
  /** SSM parameter that holds the id of the machines' image; read at each deploy, written by builds and promotions. */
  amiParameter: parameterName,
  /** Container image of the tenants' application, which is in the machines' image already. */
  tenantImage: matching(
    /^[a-z0-9][\w./:@-]*$/,
    "a container image, such as registry.example.com/app@sha256:<64 hexadecimal digits>",
  ),
  healthPath: matching(/^\/[\w./~%-]*$/, "a path that begins with /, such as /health"),
  /** How long a healthy machine may take to its first 200: whatever waits for one takes its time from here. */
  firstAnswerMinutes: wholeNumber(1, LONGEST_START_MINUTES).default(10),
  dataVolume: strictObject({
    sizeGiB: wholeNumber(1, 16_384),
    /** What becomes of a tenant's data when the tenant is deleted. */
    retention: oneOf(["delete", "snapshot", "retain"]),
    dailySnapshots: dailySnapshots.optional(),
  }),
})
  .refine(architectureFits, {
    path: ["architecture"],
    error: ({ input }) => {
      const { instanceType } = input as MachineType;
      return `${architectureOf(instanceType)}, because of the instance type ${instanceType}`;
    },
    // Without it this check would wait until every other field is right, and not all problems be told at once.
    when: ({ value }) => machineType.safeParse(value).success,
  })
  .refine(
    ({ architecture, otherInstanceTypes }) =>
      otherInstanceTypes.every((type) => architectureOf(type) === architecture),
    {
      path: ["otherInstanceTypes"],
      error: ({ input }) =>
        `instance types of the machines' architecture, ${(input as MachineType).architecture}`,
      when: ({ value }) => machineTypes.safeParse(value).success,
    },
  );

/** How many workflows of each kind may be under way at once; the rest wait for their turn. */
const limits = strictObject({
  /** Parameter Store takes about three new parameters a second from an account, and a tenant has three. */
  provisions: wholeNumber(1, 1_000).default(10),
  repairs: wholeNumber(1, 1_000).default(5),
  removals: wholeNumber(1, 1_000).default(20),
}).prefault({});

const endpoints = ["ssm", "ssmmessages", "ec2messages", "kms", "logs"] as const;
export type EndpointName = (typeof endpoints)[number];

const natImage = z.object({ egress: z.string(), natImage: z.string().optional() });

const network = strictObject({
  cidr: matching(
    /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)(\.\d{1,3}){1,3}\/(1[6-9]|2[0-4])$/,
    "a private IPv4 range of /16 to /24, such as 10.20.0.0/16",
  ).refine((cidr) => z.cidrv4().safeParse(cidr).success, "a private IPv4 range, such as 10.20.0.0/16"),
  zones: wholeNumber(1, 3),
  /** The machines' way out. With none only the interface endpoints are left, and no real Cloudflare. */
  egress: oneOf(["nat-gateway", "nat-gateway-per-zone", "nat-instance", "none"]),
  /** What a NAT instance starts from. Pinned, because a deploy with another one drops every connector of the stage. */
  natImage: matching(/^ami-[0-9a-f]{8,17}$/, "the id of an image, such as ami-0123456789abcdef0").optional(),
  /** Each costs about $8 a month and zone: worth it instead of a NAT, or for much traffic through one. */
  interfaceEndpoints: z.array(oneOf(endpoints), `a list of ${endpoints.join(", ")}`).optional(),
  flowLogs: flag,
  /** Empties the VPC's default security group, by a Lambda of CDK's own that needs the SDK of the real runtime. */
  restrictDefaultSecurityGroup: flag.default(true),
})
  .refine(({ egress, natImage }) => egress !== "nat-instance" || natImage !== undefined, {
    path: ["natImage"],
    error:
      "the id of an Amazon Linux 2023 image for arm64, which egress nat-instance starts from. The newest one's is in the " +
      "parameter /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    when: ({ value }) => natImage.safeParse(value).success,
  })
  .transform(({ interfaceEndpoints, ...rest }) => ({
    ...rest,
    interfaceEndpoints: interfaceEndpoints ?? (rest.egress === "none" ? [...endpoints] : []),
  }));

const auth = z.discriminatedUnion(
  "type",
  [
    strictObject({ type: z.literal("iam") }),
    strictObject({
      type: z.literal("jwt"),
      issuer: z.url({ protocol: /^https$/, error: "the https URL of the tokens' issuer" }),
      audience: z.array(z.string().min(1), "a list of audiences").min(1, "at least one audience"),
    }),
  ],
  { error: 'an object whose type is "iam" or "jwt"' },
);

const slug = matching(dnsLabel, "a DNS label");
const reserved =
  "www api app admin auth login mail smtp ftp ns1 ns2 cdn static assets status console docs help";
const defaultReservedSlugs = `${reserved} support blog dev staging test internal autodiscover`.split(" ");

const fields = strictObject({
  /** Part of every name; 12 characters keep the longest of them within Cloudflare's and AWS's limits. */
  stage: matching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/, "2 to 12 of a-z, 0-9 and inner hyphens, a letter first"),
  region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region, such as eu-central-1"),
  /** Guards against deploying with another account's credentials. */
  account: matching(/^\d{12}$/, "an AWS account id: 12 digits in quotes").optional(),
  /** Tenants live one label below it: Universal SSL covers no second label. */
  baseDomain: matching(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
    "a domain, such as example.com",
  ),
  cloudflare: strictObject({
    accountId: hexId,
    zoneId: hexId,
    /** SSM SecureString that holds the API token. */
    apiTokenParameter: parameterName,
  }),
  machine,
  image: image.optional(),
  health,
  limits,
  network,
  api: strictObject({ auth }),
  reservedSlugs: z.array(slug, "a list of DNS labels").default(defaultReservedSlugs),
  /** What becomes of tables and keys when their stack is deleted. */
  removalPolicy: oneOf(["destroy", "retain"]),
  logRetentionDays: z.literal(logRetention, `one of ${logRetention.join(", ")}`),
  /** Whether the queue of failures refuses plain HTTP; an endpoint on this machine speaks nothing else. */
  enforceTls: flag.default(true),
  /** AWS X-Ray, for workflows and Lambdas. */
  tracing: flag.default(true),
});

export const configSchema = imageRules
  .map(refinementOf)
  .reduce((schema, { holds, options }) => schema.refine(holds, options), fields);

export type Config = z.output<typeof configSchema>;
