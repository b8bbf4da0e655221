// A machine's first process and the leader of its process group: metadata service, boot script, supervised units.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import type { Address } from "../isolation/isolation.ts";
import type { BootMessage, FromInit, Metadata, ShellCommand, ToInit } from "./messages.ts";
import { metadataService } from "./metadata-service.ts";
import { runScript } from "./run-script.ts";
import { systemctlService } from "./systemctl-service.ts";
import { Unit } from "./units.ts";

/** How long units have to end after SIGTERM when the machine goes down. */
const unitDeadlineMs = 4_000;

let metadata: Metadata | undefined;
let commandEnvironment: Record<string, string> = {};
let bootScript: ChildProcess | undefined;
let units: Unit[] = [];
let goingDown = false;

const report = (message: FromInit): void => void (process.connected && process.send?.(message));

const log = (event: string, detail: object = {}): void =>
  void process.stdout.write(
    `${JSON.stringify({ at: new Date().toISOString(), unit: "init", event, ...detail })}\n`,
  );

const listen = async (server: Server, { host, port }: Address): Promise<void> => {
  server.listen(port, host);
  await once(server, "listening");
};

const runBootScript = (command: string[], env: Record<string, string>): void => {
  const [program = "", ...parameters] = command;
  bootScript = spawn(program, parameters, { env, stdio: ["ignore", "inherit", "inherit"] });
  bootScript.once("exit", (code, signal) => log("boot script ended", { code, signal }));
  bootScript.once("error", (error) => log("boot script did not start", { reason: error.message }));
};

const boot = async (message: BootMessage): Promise<void> => {
  ({ metadata, commandEnvironment } = message);
  const reportUnits = (): void => report({ type: "units", units: units.map((unit) => unit.report()) });
  units = message.units.map((spec) => new Unit(spec, reportUnits));
  await listen(
    metadataService(() => metadata ?? message.metadata),
    message.metadataAddress,
  );
  await listen(systemctlService(units), message.systemctlAddress);
  log("powered on", { metadata: message.metadataAddress });
  runBootScript(message.bootCommand, message.bootEnvironment);
  report({ type: "ready" });
};

/** The machine's SSM agent. A command that it does not take is told nobody: Run Command gives it up by itself. */
const runShellCommand = async ({ id, startBefore, ...script }: ShellCommand): Promise<void> => {
  if (goingDown || Date.now() >= startBefore) return;
  log("command started", { id });
  report({ type: "command", id, news: "started" });
  const result = await runScript(script, commandEnvironment);
  log("command ended", { id, exitCode: result.exitCode });
  report({ type: "command", id, news: result });
};

/** The whole group goes with this process, whatever the units started. */
const powerOff = (): never => {
  log("powered off");
  process.kill(-process.pid, "SIGKILL");
  process.exit(0);
};

const goDown = async (reason: string): Promise<void> => {
  if (goingDown) return;
  goingDown = true;
  log("going down", { reason });
  bootScript?.kill("SIGTERM");
  await Promise.all(units.map((unit) => unit.stop(unitDeadlineMs)));
  powerOff();
};

process.on("message", (message: ToInit) => {
  if (message.type === "boot") void boot(message);
  else if (message.type === "command") void runShellCommand(message.command);
  else metadata = message.metadata;
});
process.on("disconnect", () => void goDown("the stage is gone"));
process.on("SIGTERM", () => void goDown("SIGTERM"));
