// The HTTP side: EC2's own calls to their actions, /_local/ to the admin surface, everything else to MiniStack.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Actions } from "./action.ts";
import { isAboutOwnResources } from "./actions/tags.ts";
import { type Admin, answerAdmin } from "./admin.ts";
import type { Authorisation } from "./authorisation/authorisation.ts";
import { appOf, type Call, type Calls, recorded } from "./calls.ts";
import { Ec2Error } from "./errors.ts";
import type { Faults } from "./faults.ts";
import type { Log } from "./log-file.ts";
import { passThrough } from "./pass-through.ts";
import { decodeQuery, type Parameters } from "./protocol/query.ts";
import { answerXml, errorXml } from "./protocol/xml.ts";

export interface ServerOptions {
  actions: Actions;
  admin: Admin;
  authorisation: Authorisation;
  calls: Calls;
  faults: Faults;
  ministackUrl: string;
  log: Log;
}

interface OwnCall {
  action: string;
  parameters: Parameters;
  /** the caller's app id */
  app: string | undefined;
}

const sharedActions = new Set(["CreateTags", "DeleteTags"]);

/** The call, if it is one of ours. */
function ownCall(actions: Actions, request: IncomingMessage, body: Buffer): OwnCall | undefined {
  if (request.method !== "POST" || !request.headers["content-type"]?.includes("x-www-form-urlencoded"))
    return undefined;
  const { action, parameters } = decodeQuery(body.toString());
  if (!Object.hasOwn(actions, action)) return undefined;
  const isOurs = !sharedActions.has(action) || isAboutOwnResources(parameters.ResourceId);
  return isOurs ? { action, parameters, app: appOf(request.headers) } : undefined;
}

function asEc2Error(error: unknown, log: ServerOptions["log"], action: string): Ec2Error {
  if (error instanceof Ec2Error) return error;
  log("an EC2 action failed", { action, error });
  const reason = error instanceof Error ? error.message : String(error);
  return new Ec2Error("InternalError", `An internal error has occurred in local/ec2: ${reason}`, 500);
}

async function perform(
  { actions, authorisation, faults }: ServerOptions,
  { action, parameters, app }: OwnCall,
  record: Call,
) {
  const { DryRun, ...rest } = parameters;
  record.needs = (await authorisation.check(app, action, rest)).map(recorded);
  faults.strike(action, "before");
  if (DryRun === "true") {
    throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  }
  const answer = await actions[action]?.(rest);
  faults.strike(action, "after");
  return answer ?? {};
}

async function answerCall(options: ServerOptions, call: OwnCall, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  const { action, app } = call;
  const record: Call = { at: new Date().toISOString(), action, app, needs: [], error: undefined };
  options.calls.add(record);
  response.setHeader("content-type", "text/xml;charset=UTF-8");
  try {
    const answer = await perform(options, call, record);
    response.end(answerXml(action, requestId, answer));
  } catch (thrown) {
    const error = asEc2Error(thrown, options.log, action);
    record.error = error.code;
    response.writeHead(error.status).end(errorXml(error, requestId));
  }
}

async function handle(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  if (request.url?.startsWith("/_local/")) return answerAdmin(options.admin, request, body, response);
  const call = ownCall(options.actions, request, body);
  if (call) return answerCall(options, call, response);
  await passThrough(options.ministackUrl, request, body, response);
}

export const ec2Server = (options: ServerOptions): Server =>
  createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      options.log("a request to local/ec2 failed", { url: request.url, error });
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
