// How curl signs requests to the local API, in a file, so that a command is short enough to paste.
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { LocalStage } from "../stage/stage.ts";

/** @returns for `curl -K`, as seen from here */
export const writeCurlOptions = ({ aws, directory }: LocalStage): string => {
  const { accessKeyId, secretAccessKey } = aws.credentials;
  const file = join(directory, "api.curl");
  const options = {
    "aws-sigv4": `aws:amz:${aws.region}:execute-api`,
    user: `${accessKeyId}:${secretAccessKey}`,
    header: "content-type: application/json",
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} = "${value}"\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return relative(process.cwd(), file);
};
