// What the machine's `systemctl` stand-in talks to: start, stop, restart and query units by name.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Unit } from "./units.ts";

/** systemd's default for TimeoutStopSec is 90 s; nobody here waits so long. */
const stopDeadlineMs = 5_000;

type Verb = (unit: Unit, units: Unit[]) => Promise<string> | string;

const start = (unit: Unit, units: Unit[]): string => {
  for (const other of units) if (other === unit || unit.wants.includes(other.name)) other.start();
  return "";
};

const verbs: Record<string, Verb> = {
  start,
  stop: async (unit) => {
    await unit.stop(stopDeadlineMs);
    return "";
  },
  restart: async (unit, units) => {
    await unit.stop(stopDeadlineMs);
    return start(unit, units);
  },
  "is-active": (unit) => `${unit.report().state}\n`,
};

const handle = async (units: Unit[], path: string, response: ServerResponse): Promise<void> => {
  const [, verbName = "", unitName = ""] = path.split("/");
  const verb = verbs[verbName];
  const unit = units.find(({ name }) => name === unitName);
  if (!verb) return void response.writeHead(404).end(`Unknown command verb ${verbName}.\n`);
  if (!unit) return void response.writeHead(404).end(`Unit ${unitName}.service not found.\n`);
  response.end(await verb(unit, units));
};

/** `POST /<verb>/<unit>` */
export const systemctlService = (units: Unit[]): Server =>
  createServer((request, response) => void handle(units, request.url ?? "/", response));
