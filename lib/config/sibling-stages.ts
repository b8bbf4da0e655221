// What a stage's configuration must not share with another's. Which names are other stages' shows only in the files
// beside it; what one file decides by itself is in lib/config/image-config.ts.
import * as z from "zod";
import type { Config } from "./config.ts";
import { repositoryOf } from "./image-config.ts";

/** A file with problems of its own is still a neighbour, as far as it says these. */
const neighbour = z.object({ stage: z.string(), machine: z.object({ tenantImage: z.string() }) });
type Neighbour = z.output<typeof neighbour>;

/**
 * @param siblings contents of the other files in the directory
 * @returns one problem for each other stage whose image this one names
 */
export const foreignImages = ({ stage, machine }: Config, siblings: readonly unknown[]): string[] => {
  const repository = repositoryOf(machine.tenantImage);
  const others = siblings
    .map((sibling) => neighbour.safeParse(sibling).data)
    .filter((other): other is Neighbour => other !== undefined && other.stage !== stage);
  const owner = others.find((other) => isRepositoryOf(other, repository));
  if (!owner) return [];
  return [
    `machine.tenantImage: found "${machine.tenantImage}", which is ${owner.stage}'s; ` +
      `allowed: a repository of this stage's own, such as registry.example.com/${stage}/app`,
  ];
};

/** The other stage's very repository, or one with the other's name as a part of its path. */
const isRepositoryOf = (other: Neighbour, repository: string): boolean =>
  repository === repositoryOf(other.machine.tenantImage) || pathOf(repository).includes(other.stage);

/** The registry's host may be named as it likes. */
const pathOf = (repository: string): string[] => repository.replace(/^[^/]*[.:][^/]*\//, "").split("/");
