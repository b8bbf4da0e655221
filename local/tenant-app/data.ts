// The tenant's data: one file per key on the data volume, so that it outlives the machine.
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reply } from "./reply.ts";
import { spaceLeft } from "./space.ts";

/** Without a leading dot, so that no key is a path. */
const validKey = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

const fileOf = (directory: string, key: string): string => join(directory, key);

const notAttached: Reply = { status: 503, body: { error: "the data volume is not attached" } };
export const full: Reply = { status: 507, body: { error: "no space left on the data volume" } };
const badKey: Reply = {
  status: 400,
  body: { error: "a key has 1 to 64 of A-Z a-z 0-9 . _ - and no dot first" },
};

const refuse = (directory: string, key: string): Reply | undefined => {
  if (!validKey.test(key)) return badKey;
  return existsSync(directory) ? undefined : notAttached;
};

export const writeData = async (directory: string, key: string, body: Buffer): Promise<Reply> => {
  const refused = refuse(directory, key);
  if (refused) return refused;
  if ((await spaceLeft(directory)) < body.length) return full;
  // Renamed into place: a reader never sees half a value.
  const draft = join(directory, `.${key}.${process.pid}`);
  await writeFile(draft, body);
  await rename(draft, fileOf(directory, key));
  return { status: 200, body: { key, bytes: body.length } };
};

export const readData = async (directory: string, key: string): Promise<Reply> => {
  const refused = refuse(directory, key);
  if (refused) return refused;
  const file = fileOf(directory, key);
  if (!existsSync(file)) return { status: 404, body: { error: `there is no ${key}` } };
  return { status: 200, type: "application/octet-stream", body: await readFile(file) };
};
