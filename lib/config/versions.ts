// The one place where versions and checksums of what the machines' image is built from are read: versions.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

export const versionsFile = join(import.meta.dirname, "..", "..", "image-builder", "versions.json");

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
const architectures = ["arm64", "x86_64"] as const;
export type Architecture = (typeof architectures)[number];

const tool = z.strictObject({
  version: z.string().regex(/^\d+(\.\d+)+$/, "numbers and dots, without a leading v"),
  sha256: z.strictObject({ arm64: sha256, x86_64: sha256 }),
});
const containerImage = z.strictObject({
  version: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits"),
});

export const versionsSchema = z.strictObject({
  tools: z.strictObject({ cloudflared: tool, "docker-compose": tool }),
  images: z.strictObject({ postgres: containerImage, redis: containerImage }),
});
export type Versions = z.output<typeof versionsSchema>;
export type ToolName = keyof Versions["tools"];
export type ImageName = keyof Versions["images"];

interface Release {
  /** On GitHub. */
  repository: string;
  tag: (version: string) => string;
  asset: Record<Architecture, string>;
}

export const releases: Record<ToolName, Release> = {
  cloudflared: {
    repository: "cloudflare/cloudflared",
    tag: (version) => version,
    asset: { arm64: "cloudflared-linux-arm64", x86_64: "cloudflared-linux-amd64" },
  },
  "docker-compose": {
    repository: "docker/compose",
    tag: (version) => `v${version}`,
    asset: { arm64: "docker-compose-linux-aarch64", x86_64: "docker-compose-linux-x86_64" },
  },
};

/** Docker's official images, from a registry that asks nobody to log in and counts no pulls. */
export const imageRepositories: Record<ImageName, string> = {
  postgres: "public.ecr.aws/docker/library/postgres",
  redis: "public.ecr.aws/docker/library/redis",
};

/** Of all that can be brought to another version. */
export const pinnedNames = [...Object.keys(releases), ...Object.keys(imageRepositories)] as (
  | ToolName
  | ImageName
)[];

/** @throws ZodError where the file is not as the build needs it */
export const readVersions = (file = versionsFile): Versions =>
  versionsSchema.parse(JSON.parse(readFileSync(file, "utf8")));

export const downloadUrl = (name: ToolName, version: string, architecture: Architecture): string => {
  const { repository, tag, asset } = releases[name];
  return `https://github.com/${repository}/releases/download/${tag(version)}/${asset[architecture]}`;
};

export const pinnedImage = (name: ImageName, { images }: Versions): string =>
  `${imageRepositories[name]}@${images[name].digest}`;
