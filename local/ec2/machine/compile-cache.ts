// A machine's programs are compiled once for all machines: it halves their start, and ten machines may start at once.
import { join } from "node:path";
import { stateDirectory } from "../../state-directory.ts";

export const compileCache = { NODE_COMPILE_CACHE: join(stateDirectory, "compile-cache") };
