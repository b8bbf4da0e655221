// How much room the data volume has, as its file system says (local/ec2/machine/bin).
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that may still be written; endless where the volume has no size, or is not attached. */
export const spaceLeft = async (directory: string): Promise<number> => {
  const size = await readFile(join(directory, "..", ".filesystem-size"), "utf8").catch(() => undefined);
  if (size === undefined) return Number.POSITIVE_INFINITY;
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return Number(size) - sizes.reduce((sum, one) => sum + one, 0);
};
