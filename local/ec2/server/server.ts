// The HTTP side: calls of EC2 and of Run Command to their actions, /_local/ to the admin surface, everything else to
// MiniStack.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { isAboutOwnResources } from "../actions/tags.ts";
import type { Authorisation } from "../authorisation/authorisation.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log } from "../machine/log-file.ts";
import { passThrough } from "../ministack/pass-through.ts";
import type { Actions } from "../protocol/action.ts";
import { Ec2Error } from "../protocol/errors.ts";
import { decodeQuery } from "../protocol/query.ts";
import { type Answer, answerXml, errorXml } from "../protocol/xml.ts";
import type { RunCommand } from "../run-command/run-command.ts";
import { ssmActionOf, ssmContentType, ssmError } from "../run-command/ssm-action.ts";
import { type Admin, answerAdmin } from "./admin.ts";
import { appOf, type Calls } from "./calls.ts";
import { type OwnCall, perform } from "./own-call.ts";

export interface ServerOptions {
  actions: Actions;
  runCommand: RunCommand;
  admin: Admin;
  authorisation: Authorisation;
  calls: Calls;
  faults: Faults;
  ministackUrl: string;
  log: Log;
}

const sharedActions = new Set(["CreateTags", "DeleteTags"]);

/** The call, if it is one of EC2's and ours. */
const ec2Call = (
  { actions, authorisation }: ServerOptions,
  request: IncomingMessage,
  body: Buffer,
): OwnCall<Answer> | undefined => {
  if (request.method !== "POST" || !request.headers["content-type"]?.includes("x-www-form-urlencoded"))
    return undefined;
  const { action, parameters } = decodeQuery(body.toString());
  const { DryRun, ...rest } = parameters;
  const perform = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!perform || (sharedActions.has(action) && !isAboutOwnResources(rest.ResourceId))) return undefined;
  const app = appOf(request.headers);
  const run = (): Promise<Answer> => {
    if (DryRun !== "true") return perform(rest);
    throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  };
  return {
    service: "ec2",
    action,
    app,
    parameters: body.toString(),
    authorise: () => authorisation.check(app, action, rest),
    run,
  };
};

/** The call, if it is one of Run Command's. */
const ssmCall = (
  { runCommand: { actions, authorise } }: ServerOptions,
  { headers }: IncomingMessage,
  body: Buffer,
): OwnCall<object> | undefined => {
  const action = ssmActionOf(headers) ?? "";
  const perform = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!perform) return undefined;
  const parameters = body.toString();
  const input: unknown = JSON.parse(parameters);
  const app = appOf(headers);
  return {
    service: "ssm",
    action,
    app,
    parameters,
    authorise: () => authorise(app, action, input),
    run: () => perform(input),
  };
};

const answerEc2 = async (options: ServerOptions, call: OwnCall<Answer>, response: ServerResponse) => {
  const requestId = randomUUID();
  response.setHeader("content-type", "text/xml;charset=UTF-8");
  try {
    response.end(answerXml(call.action, requestId, await perform(options, call)));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    response.writeHead(error.status).end(errorXml(error, requestId));
  }
};

const answerSsm = async (options: ServerOptions, call: OwnCall<object>, response: ServerResponse) => {
  response.setHeader("content-type", ssmContentType);
  try {
    response.end(JSON.stringify(await perform(options, call)));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    response.writeHead(error.status).end(JSON.stringify(ssmError(error)));
  }
};

const handle = async (
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await buffer(request);
  if (request.url?.startsWith("/_local/")) return answerAdmin(options.admin, request, body, response);
  const ofEc2 = ec2Call(options, request, body);
  if (ofEc2) return answerEc2(options, ofEc2, response);
  const ofSsm = ssmCall(options, request, body);
  if (ofSsm) return answerSsm(options, ofSsm, response);
  await passThrough(options.ministackUrl, request, body, response);
};

export const ec2Server = (options: ServerOptions): Server =>
  createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      options.log("a request to local/ec2 failed", { url: request.url, error });
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
