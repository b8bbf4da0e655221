// What the tenant's application answers to which request.
import { answerAdmin } from "./admin.ts";
import { full, readData, writeData } from "./data.ts";
import type { Identity } from "./identity.ts";
import { pageFor } from "./page.ts";
import type { Reply } from "./reply.ts";
import { spaceLeft } from "./space.ts";

export interface AppRequest {
  method: string;
  path: string;
  /** of the request's headers */
  authorization: string | undefined;
  body: Buffer;
}

/** What the application knows and uses. */
export interface Application {
  identity: Identity;
  dataDirectory: string;
  adminTokenFile: string;
}

const dataPath = "/data/";

const answerData = (directory: string, { method, path, body }: AppRequest): Promise<Reply> | Reply => {
  const key = path.slice(dataPath.length);
  if (method === "POST") return writeData(directory, key, body);
  if (method === "GET") return readData(directory, key);
  return { status: 405, body: { error: "GET or POST" } };
};

/** Its database would not run on a volume that is full. */
const health = async ({ identity, dataDirectory }: Application): Promise<Reply> =>
  (await spaceLeft(dataDirectory)) > 0 ? { status: 200, body: { status: "ok", ...identity } } : full;

export const answer = (application: Application, request: AppRequest): Promise<Reply> | Reply => {
  const { identity, dataDirectory, adminTokenFile } = application;
  if (request.path.startsWith(dataPath)) return answerData(dataDirectory, request);
  if (request.path === "/admin") return answerAdmin(adminTokenFile, request.authorization);
  if (request.path === "/health") return health(application);
  if (request.path === "/identity") return { status: 200, body: identity };
  if (request.path === "/") return { status: 200, type: "text/html; charset=utf-8", body: pageFor(identity) };
  return { status: 404, body: { error: `there is nothing at ${request.path}` } };
};
