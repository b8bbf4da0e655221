// The front of a local machine: HAProxy with the image's own configuration where this computer has it, else ours.
import { fileURLToPath } from "node:url";
import { findProgram } from "../find-program.ts";

const haproxyConfig = fileURLToPath(new URL("../../image-builder/files/front/haproxy.cfg", import.meta.url));
const ourProgram = fileURLToPath(new URL("front.ts", import.meta.url));

const ours = [process.execPath, ourProgram];

/**
 * Both take the environment that haproxy.cfg names.
 * @param directory for HAProxy's sockets
 */
export const frontCommand = (directory: string, haproxy = findProgram("haproxy")): string[] =>
  haproxy ? [haproxy, "-db", "-C", directory, "-f", haproxyConfig] : ours;
