// The component documents of the machines' image as files, and versions for them: Image Builder never lets a version
// change its content, so the version is made from the content.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const componentsDirectory = join(import.meta.dirname, "..", "..", "image-builder", "components");

export interface ComponentDocument {
  /** `packages` of 1-packages.yaml; the number says when it runs. */
  name: string;
  text: string;
  /** Names of the parameters that the recipe must give. */
  parameters: string[];
}

/** In the order in which the build runs them. */
export const readComponents = (directory = componentsDirectory): ComponentDocument[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const text = readFileSync(join(directory, file), "utf8");
      const { parameters = [] } = parse(text) as { parameters?: Record<string, unknown>[] };
      const name = file.replace(/^\d+-/, "").replace(/\.yaml$/, "");
      return { name, text, parameters: parameters.flatMap((parameter) => Object.keys(parameter)) };
    });

/** All that makes it the component that it is, and so decides its version. */
export const componentOf = ({ name, text }: Pick<ComponentDocument, "name" | "text">, prefix: string) => {
  const content = {
    name: `${prefix}-${name}`,
    platform: "Linux",
    supportedOsVersions: ["Amazon Linux 2023"],
    data: text,
  };
  return { ...content, version: contentVersion(JSON.stringify(content)) };
};

/**
 * A semantic version that differs when the content does, and says nothing about which one is newer.
 * Source: Image Builder's API reference, CreateComponent: each part is a number below 2^30.
 */
export const contentVersion = (...content: string[]): string => {
  const digest = createHash("sha256").update(content.join("\0")).digest();
  return `1.${digest.readUInt32BE(0) >>> 2}.${digest.readUInt32BE(4) >>> 2}`;
};
