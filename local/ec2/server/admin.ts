// The admin surface below /_local/, for tests and reports in other processes: machines, calls, failures, reset.
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { type Delays, delay } from "../faults/delays.ts";
import { type Faults, fault } from "../faults/faults.ts";
import { clearImpairments, impair, impairment } from "../faults/impairments.ts";
import { show, showAll, showing } from "../faults/showings.ts";
import type { MachineReport } from "../machine/machine-manager.ts";
import { Ec2Error } from "../protocol/errors.ts";
import type { World } from "../world/world.ts";
import type { Calls } from "./calls.ts";

export interface Admin {
  calls: Calls;
  faults: Faults;
  delays: Delays;
  machines: () => MachineReport[];
  world: World;
  /** Ends all machines and forgets all resources. */
  reset: () => Promise<void>;
}

type Route = (admin: Admin, body: string) => unknown;

const routes: Record<string, Route> = {
  "GET /_local/machines": ({ machines }) => machines(),
  "GET /_local/calls": ({ calls }) => calls.list(),
  "DELETE /_local/calls": ({ calls }) => calls.clear(),
  "POST /_local/faults": ({ faults }, body) => faults.add(fault.parse(JSON.parse(body))),
  "DELETE /_local/faults": ({ faults }) => faults.clear(),
  "POST /_local/delays": ({ delays }, body) => delays.add(delay.parse(JSON.parse(body))),
  "DELETE /_local/delays": ({ delays }) => delays.clear(),
  "POST /_local/impairments": ({ world }, body) => impair(world, impairment.parse(JSON.parse(body))),
  "DELETE /_local/impairments": ({ world }) => clearImpairments(world),
  "POST /_local/showings": ({ world }, body) => show(world, showing.parse(JSON.parse(body))),
  "DELETE /_local/showings": ({ world }) => showAll(world),
  "POST /_local/reset": ({ reset }) => reset(),
};

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
};

export const answerAdmin = async (
  admin: Admin,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> => {
  const route = routes[`${request.method} ${request.url}`];
  if (!route)
    return send(response, 404, { error: `No such route; there are: ${Object.keys(routes).join(", ")}` });
  try {
    send(response, 200, await route(admin, body.toString()));
  } catch (error) {
    if (error instanceof z.ZodError) return send(response, 400, { error: z.prettifyError(error) });
    if (error instanceof Ec2Error) return send(response, error.status, { error: error.message });
    if (error instanceof SyntaxError)
      return send(response, 400, { error: `The body is not JSON: ${error.message}` });
    throw error;
  }
};
