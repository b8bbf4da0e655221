import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readVersions, versionsFile } from "../../lib/config/versions.ts";
import { bump, imagePin, toolPin, writePin } from "./bump.ts";

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

let server: Server;
let url: string;
/** What is published, by path. */
let published: Record<string, string>;

beforeEach(async () => {
  published = {};
  server = createServer((request, response) => {
    const body = published[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

const sources = () => ({ github: url, registry: url });

const publish = (digests: Record<string, string | null>): void => {
  const assets = Object.entries(digests).map(([name, digest]) => {
    published[`/download/${name}`] = `content of ${name}`;
    return { name, browser_download_url: `${url}/download/${name}`, digest };
  });
  published["/repos/cloudflare/cloudflared/releases/tags/2026.9.0"] = JSON.stringify({ assets });
};
const right = (name: string) => `sha256:${sha256(`content of ${name}`)}`;

describe("bumping a tool", () => {
  it("takes the checksums of what it downloaded, where the publisher says the same", async () => {
    const [arm, intel] = ["cloudflared-linux-arm64", "cloudflared-linux-amd64"];
    publish({ [arm]: right(arm), [intel]: right(intel), "cloudflared-windows-amd64.exe": null });

    expect(await toolPin("cloudflared", "2026.9.0", sources())).toEqual({
      version: "2026.9.0",
      sha256: { arm64: sha256(`content of ${arm}`), x86_64: sha256(`content of ${intel}`) },
    });
  });

  it.each([
    ["another checksum", `sha256:${"0".repeat(64)}`],
    ["none", null],
  ])("refuses a download for which the publisher says %s", async (_, digest) => {
    publish({ "cloudflared-linux-arm64": digest, "cloudflared-linux-amd64": digest });

    await expect(toolPin("cloudflared", "2026.9.0", sources())).rejects.toThrow(
      /cloudflared-linux-arm64 is not what its release says: found sha256:.*Nothing was changed/,
    );
  });

  it("says which files a release has when it lacks one of ours", async () => {
    publish({ "cloudflared-linux-arm": "sha256:0" });

    await expect(toolPin("cloudflared", "2026.9.0", sources())).rejects.toThrow(
      /has no cloudflared-linux-arm64; it has cloudflared-linux-arm\./,
    );
  });

  it("says that a version is not published", async () => {
    await expect(toolPin("docker-compose", "99.0.0", sources())).rejects.toThrow(
      /\/repos\/docker\/compose\/releases\/tags\/v99\.0\.0 answered HTTP 404, nothing was changed/,
    );
  });

  it("says what to do without a network", async () => {
    server.close();

    await expect(toolPin("cloudflared", "2026.9.0", sources())).rejects.toThrow(
      /127\.0\.0\.1:\d+ cannot be reached, nothing was changed\. Run this where the internet is within reach\./,
    );
  });
});

describe("bumping an image", () => {
  const manifest = (...architectures: string[]) =>
    JSON.stringify({
      manifests: architectures.map((architecture) => ({ platform: { os: "linux", architecture } })),
    });
  beforeEach(() => {
    published["/token/?service=public.ecr.aws"] = JSON.stringify({ token: "anonymous" });
  });

  it("takes the digest of the manifest that lists both architectures", async () => {
    const list = manifest("amd64", "arm64", "riscv64");
    published["/v2/docker/library/postgres/manifests/18.9"] = list;

    expect(await imagePin("postgres", "18.9", sources())).toEqual({
      version: "18.9",
      digest: `sha256:${sha256(list)}`,
    });
  });

  it("refuses one that our machines could not run", async () => {
    published["/v2/docker/library/redis/manifests/9"] = manifest("amd64");

    await expect(imagePin("redis", "9", sources())).rejects.toThrow("redis:9 is not there for arm64");
  });
});

describe("the version file", () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "warren-versions-"));
    file = join(directory, "versions.json");
    writeFileSync(file, readFileSync(versionsFile));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("changes in the one place that is bumped", () => {
    const pin = { version: "2026.9.0", sha256: { arm64: "a".repeat(64), x86_64: "b".repeat(64) } };
    const before = readVersions(file);

    writePin("tools", "cloudflared", pin, file);

    expect(readVersions(file)).toEqual({ ...before, tools: { ...before.tools, cloudflared: pin } });
  });

  it("stays as it was when the new pin is none", () => {
    const before = readFileSync(file, "utf8");
    const pin = { version: "2026.9.0", sha256: { arm64: "short", x86_64: "b".repeat(64) } };

    expect(() => writePin("tools", "cloudflared", pin, file)).toThrow(/64 hexadecimal digits/);

    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("has a tool's new pin after a bump, which tells what it downloads", async () => {
    const [arm, intel] = ["cloudflared-linux-arm64", "cloudflared-linux-amd64"];
    publish({ [arm]: right(arm), [intel]: right(intel) });
    const said: string[] = [];

    const say = (line: string) => void said.push(line);
    const pin = await bump("cloudflared", "2026.9.0", { say, sources: sources(), file });

    expect(readVersions(file).tools.cloudflared).toEqual(pin);
    expect(said).toEqual([`Downloading ${arm}, to hash it.`, `Downloading ${intel}, to hash it.`]);
  });

  describe("of a database that keeps data", () => {
    const bumped = (version: string, anotherMajor?: boolean) => {
      published["/token/?service=public.ecr.aws"] = JSON.stringify({ token: "anonymous" });
      const manifests = ["arm64", "amd64"].map((architecture) => ({
        platform: { os: "linux", architecture },
      }));
      published[`/v2/docker/library/postgres/manifests/${version}`] = JSON.stringify({ manifests });
      return bump("postgres", version, { say: () => undefined, sources: sources(), file, anotherMajor });
    };

    it("refuses another major version, and says what to do", async () => {
      const before = readFileSync(file, "utf8");

      await expect(bumped("19.1-alpine")).rejects.toThrow(
        /Nothing was changed\. Stay with 18, or .* --another-major/,
      );

      expect(readFileSync(file, "utf8")).toBe(before);
    });

    it("takes it when told so", async () => {
      expect(await bumped("19.1-alpine", true)).toMatchObject({ version: "19.1-alpine" });
    });

    it("takes another minor version without a word", async () => {
      expect(await bumped("18.9-alpine")).toMatchObject({ version: "18.9-alpine" });
    });
  });

  it("is written as it is kept, so that a bump changes only its own lines", () => {
    const { cloudflared } = readVersions(file).tools;

    writePin("tools", "cloudflared", cloudflared, file);

    expect(readFileSync(file, "utf8")).toBe(readFileSync(versionsFile, "utf8"));
  });
});
