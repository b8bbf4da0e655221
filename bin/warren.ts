// The command `warren`, which the script beside this file starts with the right Node.
import { runProgram } from "./program.ts";

const exitCode = await runProgram(process.argv.slice(2), process);
// After an interruption the CDK's command line may still run: it ends with this process.
process.exit(exitCode);
