import { describe, expect, it } from "vitest";
import { downloadUrl, pinnedImage, readVersions } from "../lib/config/versions.ts";
import { readComponents } from "../lib/image/component-documents.ts";

const versions = readVersions();
const checksums = Object.entries(versions.tools).flatMap(([tool, { sha256 }]) =>
  Object.entries(sha256).map(([architecture, checksum]) => ({ tool, architecture, checksum })),
);

describe("the pinned versions", () => {
  it.each(checksums)("$tool for $architecture has a SHA-256 of 64 hexadecimal digits", ({ checksum }) => {
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(checksum).size).toBeGreaterThan(8);
  });

  it("have a checksum of their own for each file", () => {
    expect(new Set(checksums.map(({ checksum }) => checksum)).size).toBe(4);
  });

  it("are in no other place: the components name neither version nor checksum", () => {
    const texts = readComponents()
      .map(({ text }) => text)
      .join("\n");

    expect(texts).not.toMatch(/[0-9a-f]{64}/);
    for (const { version } of Object.values(versions.tools)) expect(texts).not.toContain(version);
  });

  it("are where their publishers put them", () => {
    const base = "https://github.com";

    expect(downloadUrl("cloudflared", "2026.8.2", "x86_64")).toBe(
      `${base}/cloudflare/cloudflared/releases/download/2026.8.2/cloudflared-linux-amd64`,
    );
    expect(downloadUrl("docker-compose", "5.5.1", "arm64")).toBe(
      `${base}/docker/compose/releases/download/v5.5.1/docker-compose-linux-aarch64`,
    );
  });

  it("name container images by digest alone", () => {
    expect(pinnedImage("postgres", versions)).toMatch(/^[a-z./]+\/postgres@sha256:[0-9a-f]{64}$/);
  });
});
