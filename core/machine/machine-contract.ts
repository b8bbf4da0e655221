// What a machine is given and what its boot script makes of it, agreed once: launch-instance sets these tags, the local
// metadata service serves them, and the tests of image-builder/files hold the scripts to the rest.
import * as z from "zod";
import { type SecretName, type TenantKey, tenantTags } from "../tenant/names.ts";
import { tagKeys } from "../tenant/tags.ts";

/** Tags become file contents and parts of URLs on the machine: boot.sh refuses every other character. */
const plainWord = z.string().regex(/^[A-Za-z0-9.-]+$/, "letters, digits, dots and hyphens only");

/** The tags from which a machine learns who it is, through its metadata service. */
const instanceTags = z.object({
  [tagKeys.stage]: plainWord,
  [tagKeys.slug]: plainWord,
  [tagKeys.generation]: z.ulid(),
  [tagKeys.hostname]: plainWord,
});
export type InstanceTags = z.output<typeof instanceTags>;

/** @throws ZodError when a value is none that the boot script takes. */
export const instanceTagsOf = (key: TenantKey, hostname: string): InstanceTags =>
  instanceTags.parse({ ...tenantTags(key), [tagKeys.hostname]: hostname });

/** The device name under which the data volume is attached; on Nitro, udev links it to the NVMe device. */
export const dataDevice = "/dev/sdf";

/** Where the image has our scripts. */
export const programDirectory = "/opt/warren";
export const runDirectory = "/run/warren";
export const dataDirectory = "/var/lib/warren/data";

/** Where the CloudWatch agent of a machine puts its metrics; its configuration is the image's (1-packages.yaml). */
export const machineMetrics = "Warren/Machines";

/** The systemd units that may be restarted from outside, without `.service`. */
export const restartableUnits = ["warren-connector", "warren-front", "warren-app"] as const;
export type RestartableUnit = (typeof restartableUnits)[number];

/** Where the application listens on the machine's loopback, behind the front. */
export const applicationPort = 8081;

/** The system users of the machine (image-builder/files/config/sysusers.conf). */
type Owner = "root" | "warren-connector" | "warren-front" | "warren-app";

/** A file that the boot script leaves in its run directory, which is on tmpfs. */
interface RunFile {
  mode: number;
  owner: Owner;
}

/** Each secret is a parameter whose last segment is the name of its file. */
export const secretFiles: Record<SecretName, RunFile> = {
  "tunnel-token": { mode: 0o400, owner: "warren-connector" },
  "admin-token": { mode: 0o400, owner: "warren-app" },
  "database-password": { mode: 0o400, owner: "warren-app" },
};

/** All that is there once the machine has booted. */
export const runFiles: Record<"tenant.env" | "front.env" | SecretName, RunFile> = {
  "tenant.env": { mode: 0o444, owner: "root" },
  "front.env": { mode: 0o400, owner: "warren-front" },
  ...secretFiles,
};

/** What tenant.env tells the units. */
export const tenantVariables = z.strictObject({
  TENANT_STAGE: plainWord,
  TENANT_SLUG: plainWord,
  TENANT_GENERATION: z.ulid(),
  TENANT_HOSTNAME: plainWord,
  INSTANCE_ID: z.string().regex(/^i-[0-9a-f]+$/),
});

const wholeSeconds = z.string().regex(/^\d+$/, "a whole number of seconds");
const pinnedImage = z
  .string()
  .regex(/@sha256:[0-9a-f]{64}$/, "an image by its digest, …@sha256:<64 hex digits>");

/** What the image's build writes to /etc/warren/image.env: what runs on its machines, and where it answers. */
export const imageVariables = z.strictObject({
  TENANT_IMAGE: pinnedImage,
  POSTGRES_IMAGE: pinnedImage,
  REDIS_IMAGE: pinnedImage,
  /** where the application listens on the machine's loopback, behind the front */
  APP_PORT: z.string().regex(/^\d+$/),
  HEALTH_PATH: z.string().startsWith("/"),
  /** how long the boot script waits for the application's health and the connector's connection together */
  FIRST_ANSWER_SECONDS: wholeSeconds,
});

const milliseconds = z.string().regex(/^\d+$/, "a whole number of milliseconds");
const path = z.string().startsWith("/");
/** A name, or a number where the machine's users do not exist. */
const user = z.string().regex(/^[a-z0-9_-]+$/);

/** Where a machine is not one of AWS: what the boot script takes from its environment instead of its defaults. */
export const bootEnvironment = z
  .strictObject({
    IMDS_ENDPOINT: z.url(),
    AWS_ENDPOINT_URL: z.url(),
    AWS_ENDPOINT_URL_SSM: z.url(),
    RUN_DIRECTORY: path,
    DATA_DEVICE: path,
    /** a pattern of the shell's */
    NVME_DEVICES: path,
    DATA_DIRECTORY: path,
    CONNECTOR_USER: user,
    FRONT_USER: user,
    APP_USER: user,
    /** the application's health check, as the front sees it */
    HEALTH_URL: z.url(),
    /** the connector's `/ready` */
    READY_URL: z.url(),
    /** how long to wait for tags, secrets and the data volume together */
    BOOT_DEADLINE_SECONDS: wholeSeconds,
    FIRST_ANSWER_SECONDS: wholeSeconds,
    /** the first pause between two tries */
    BOOT_RETRY_MILLISECONDS: milliseconds,
    /** how long a connector's restart waits for the token of now */
    TOKEN_DEADLINE_SECONDS: wholeSeconds,
    /** the application, whose digest the front tells */
    TENANT_IMAGE: z.string(),
    /** for `boot.sh --check` alone: what the image's build wrote */
    IMAGE_FILE: path,
  })
  .partial();
export type BootEnvironment = z.output<typeof bootEnvironment>;

/** The steps of a boot in their order, as the console names them. */
export const bootSteps = [
  "identity",
  "warren-front",
  "tunnel-token",
  "warren-connector",
  "data-volume",
  "admin-token",
  "database-password",
  "warren-app",
  "health",
  "connection",
  "boot",
] as const;

/** One line on the console: the last one tells where a boot stopped. */
export const consoleLine = z.strictObject({
  at: z.iso.datetime(),
  unit: z.enum(["warren-boot", "warren-connector-watchdog"]),
  step: z.string(),
  outcome: z.enum(["started", "waiting", "finished", "failed"]),
  detail: z.string().optional(),
});
