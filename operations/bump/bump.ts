// Brings versions.json to another version of a tool or an image. A tool is downloaded and hashed here: what its
// publisher says the checksum is and what the download really is must agree before anything is written.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { OperatorError } from "../../core/operator-error.ts";
import {
  type Architecture,
  type ImageName,
  imageRepositories,
  readVersions,
  releases,
  type ToolName,
  versionsFile,
  versionsSchema,
} from "../../lib/config/versions.ts";
import type { Operator } from "../operator.ts";

class BumpError extends OperatorError {
  override name = "BumpError";
}

type Say = Operator["say"];

interface Sources {
  /** Of GitHub's REST API. */
  github: string;
  /** Without a trailing slash; the registry that every image of `imageRepositories` is on. */
  registry: string;
}
const publicSources: Sources = {
  github: "https://api.github.com",
  registry: "https://public.ecr.aws",
};

const release = z.object({
  assets: z.array(
    z.object({ name: z.string(), browser_download_url: z.url(), digest: z.string().nullish() }),
  ),
});
type Release = z.output<typeof release>;

const get = async (url: string, headers: Record<string, string> = {}): Promise<Response> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(300_000) }).catch((cause) => {
    const host = new URL(url).host;
    throw new BumpError(
      `${host} cannot be reached, nothing was changed. Run this where the internet is within reach.`,
      { cause },
    );
  });
  if (response.ok) return response;
  throw new BumpError(
    `${url} answered HTTP ${response.status}, nothing was changed. Is that version published?`,
  );
};

const checkedSha256 = async ({ assets }: Release, name: string, say: Say): Promise<string> => {
  const asset = assets.find((candidate) => candidate.name === name);
  if (!asset) {
    const found = assets.map((candidate) => candidate.name).join(", ") || "nothing";
    throw new BumpError(`The release has no ${name}; it has ${found}. Nothing was changed.`);
  }
  say(`Downloading ${name}, to hash it.`);
  const content = await (await get(asset.browser_download_url)).arrayBuffer();
  const computed = createHash("sha256").update(new Uint8Array(content)).digest("hex");
  if (asset.digest === `sha256:${computed}`) return computed;
  throw new BumpError(
    `${name} is not what its release says: found sha256:${computed}, published ${asset.digest ?? "none"}. ` +
      "Nothing was changed.",
  );
};

/** Source: GitHub's REST API, "Get a release by tag name"; assets have a `digest` since June 2025. */
export const toolPin = async (
  name: ToolName,
  version: string,
  { github } = publicSources,
  say: Say = () => undefined,
) => {
  const { repository, tag, asset } = releases[name];
  const answer = await get(`${github}/repos/${repository}/releases/tags/${tag(version)}`);
  const published = release.parse(await answer.json());
  const sha256 = {} as Record<Architecture, string>;
  for (const architecture of ["arm64", "x86_64"] as const)
    sha256[architecture] = await checkedSha256(published, asset[architecture], say);
  return { version, sha256 };
};

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
const manifestList = z.object({
  manifests: z.array(z.object({ platform: z.object({ os: z.string(), architecture: z.string() }) })),
});

/** Source: OCI distribution specification, "Pulling manifests"; the digest is that of the manifest's bytes. */
export const imagePin = async (name: ImageName, version: string, { registry } = publicSources) => {
  const token = z
    .object({ token: z.string() })
    .parse(await (await get(`${registry}/token/?service=public.ecr.aws`)).json());
  const repository = imageRepositories[name].replace(/^[^/]+\//, "");
  const url = `${registry}/v2/${repository}/manifests/${version}`;
  const answer = await get(url, { authorization: `Bearer ${token.token}`, accept: manifestTypes });
  const manifest = await answer.text();
  const { manifests } = manifestList.parse(JSON.parse(manifest));
  for (const architecture of ["arm64", "amd64"]) {
    if (!manifests.some(({ platform }) => platform.os === "linux" && platform.architecture === architecture))
      throw new BumpError(`${name}:${version} is not there for ${architecture}. Nothing was changed.`);
  }
  return { version, digest: `sha256:${createHash("sha256").update(manifest).digest("hex")}` };
};

/** Puts the pin into the file, which stays valid or stays as it was. */
export const writePin = (kind: "tools" | "images", name: string, pin: object, file = versionsFile): void => {
  const versions = versionsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const changed = versionsSchema.parse({ ...versions, [kind]: { ...versions[kind], [name]: pin } });
  writeFileSync(file, `${JSON.stringify(changed, null, 2)}\n`);
};

const isTool = (name: ToolName | ImageName): name is ToolName => Object.hasOwn(releases, name);

/** Images whose next major version does not read what the one before wrote. */
const keepsData: readonly (ToolName | ImageName)[] = ["postgres"];

const majorOf = (version: string): string => version.split(".")[0] ?? "";

/** @throws BumpError where tenants' data would be of another major version than their machines' next image */
const checkMajor = (name: ToolName | ImageName, version: string, file: string): void => {
  if (isTool(name) || !keepsData.includes(name)) return;
  const now = readVersions(file).images[name].version;
  if (majorOf(now) === majorOf(version)) return;
  throw new BumpError(
    `${name} ${version} does not read the data that ${name} ${now} wrote: no machine with data would boot from an image ` +
      `with it. Nothing was changed. Stay with ${majorOf(now)}, or move every tenant's data over first ` +
      "(docs/runbook.md, Another major version of Postgres) and repeat this with --another-major.",
  );
};

interface BumpOptions {
  say: Say;
  /** what data was written by the major version before is no matter */
  anotherMajor?: boolean | undefined;
  sources?: Sources;
  file?: string;
}

/** @returns the pin that the file has now @throws BumpError; the file is then as it was */
export const bump = async (name: ToolName | ImageName, version: string, options: BumpOptions) => {
  const { say, sources = publicSources, file = versionsFile } = options;
  if (!options.anotherMajor) checkMajor(name, version, file);
  const pin = isTool(name)
    ? await toolPin(name, version, sources, say)
    : await imagePin(name, version, sources);
  writePin(isTool(name) ? "tools" : "images", name, pin, file);
  return pin;
};
