// What the local machines' scripts need of this computer, asked before anything starts: later it would be a boot that
// hangs, told on a console that nobody reads.
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import { isolationFromEnvironment, namespaceObstacle } from "../ec2/isolation/choose-isolation.ts";
import { findProgram } from "../find-program.ts";

/** Of the boot script; all are Debian packages of the same name. */
const programs = ["bash", "curl", "jq"];

/** The first that signs requests with a session token (`--aws-sigv4`). */
const oldestCurl = [7, 87] as const;

class PrerequisiteError extends OperatorError {
  override name = "PrerequisiteError";
}

/** @throws PrerequisiteError naming all that is missing */
export const checkPrerequisites = async (): Promise<void> => {
  const missing = programs.filter((program) => !findProgram(program));
  const complaints = missing.map((program) => `${program} is not on the PATH`);
  if (!missing.includes("curl")) complaints.push(...complaintsAboutCurl(await curlVersion()));
  const obstacle = isolationFromEnvironment() === "namespace" && namespaceObstacle();
  if (obstacle) complaints.push(`WARREN_ISOLATION asks for network namespaces, but ${obstacle}`);
  if (complaints.length === 0) return;
  throw new PrerequisiteError(
    `${complaints.join("; ")}. The local machines' boot script needs ${programs.join(", ")}` +
      ` (on Debian: apt-get install ${programs.join(" ")}); see docs/local-machines.md.`,
  );
};

const curlVersion = async (): Promise<string> => {
  const { stdout = "" } = await execa("curl", ["--version"], { reject: false });
  return stdout.split(" ")[1] ?? "";
};

/** @param version such as `7.88.1` */
export const complaintsAboutCurl = (version: string): string[] => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > oldestCurl[0] || (major === oldestCurl[0] && minor >= oldestCurl[1]);
  return isNew
    ? []
    : [`curl is ${version || "of unknown version"}; ${oldestCurl.join(".")} or newer is needed`];
};
