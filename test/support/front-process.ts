// A front in a process of its own, as a machine would start it.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { machineIdentity, probeHeaders, proofOf } from "../../core/machine/front.ts";
import { frontCommand } from "../../local/front/front-command.ts";

const frontGeneration = "01KASMPMXW5X0H3V0PM8NYQJ5D";
export const frontMachine = machineIdentity(frontGeneration, "i-1");
export const frontApplication = `sha256:${"d".repeat(64)}`;

interface FrontProcess {
  /** for its sockets */
  directory: string;
  ports: { front: number; app: number };
  /** path of HAProxy; empty for the stand-in */
  program?: string | undefined;
}

export const startFront = ({ directory, ports, program }: FrontProcess): ChildProcess => {
  const [command = "", ...parameters] = frontCommand(directory, program);
  return spawn(command, parameters, {
    stdio: "ignore",
    env: {
      FRONT_PORT: String(ports.front),
      APP_PORT: String(ports.app),
      HEALTH_PATH: "/health",
      FRONT_KEY: Buffer.from(frontGeneration).toString("base64"),
      FRONT_MACHINE: frontMachine,
      FRONT_APPLICATION: frontApplication,
      FRONT_SETTINGS: "0",
    },
  });
};

/** A probe's headers, for whoever knows the generation. */
export const frontProbe = (
  nonce = randomBytes(16).toString("hex"),
  generation = frontGeneration,
): Record<string, string> => ({
  [probeHeaders.nonce]: nonce,
  [probeHeaders.proof]: proofOf(generation, nonce),
});
