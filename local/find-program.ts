// Where a program is, by the PATH: asked before it is needed, so that a missing one is said at the start.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Administrators' programs such as `ip` are not on every user's PATH. */
const administratorsPlaces = ["/usr/sbin", "/sbin"];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** @returns the first one's absolute path; undefined without any */
export const findProgram = (name: string): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), ...administratorsPlaces]
    .filter((directory) => directory.startsWith("/"))
    .map((directory) => join(directory, name))
    .find(isProgram);
