// A machine's own instance metadata service: IMDSv2 sessions, listings and values, as EC2 serves them at 169.254.169.254.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Metadata } from "./messages.ts";

const longestSessionSeconds = 21_600;
const tokenPath = "/latest/api/token";
const lifetimeHeader = "x-aws-ec2-metadata-token-ttl-seconds";

/** Session tokens and the times (ms since 1970) at which they expire. */
type Sessions = Map<string, number>;

interface Reply {
  status: number;
  text?: string;
  headers?: Record<string, string>;
}

const openSession = (sessions: Sessions, { headers }: IncomingMessage): Reply => {
  // EC2 refuses this so that an open reverse proxy on the machine cannot fetch sessions for others.
  if (headers["x-forwarded-for"]) return { status: 403 };
  const seconds = Number(headers[lifetimeHeader]);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestSessionSeconds) return { status: 400 };
  const token = randomBytes(42).toString("base64url");
  sessions.set(token, Date.now() + seconds * 1000);
  return { status: 200, text: token, headers: { [lifetimeHeader]: String(seconds) } };
};

/** A token that is sent must hold even where none is required. */
const isAllowed = (sessions: Sessions, request: IncomingMessage, { httpTokens }: Metadata): boolean => {
  const token = request.headers["x-aws-ec2-metadata-token"];
  if (typeof token !== "string") return httpTokens === "optional";
  return (sessions.get(token) ?? 0) > Date.now();
};

/** The names directly below a path, directories with a trailing slash; undefined if nothing is there. */
const list = (entries: Record<string, string>, directory: string): string | undefined => {
  const prefix = directory === "" || directory.endsWith("/") ? directory : `${directory}/`;
  const below = Object.keys(entries)
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).replace(/\/.*/, "/"));
  return below.length > 0 ? [...new Set(below)].toSorted().join("\n") : undefined;
};

const read = ({ entries }: Metadata, url: string): Reply => {
  const path = decodeURIComponent(new URL(url, "http://metadata").pathname).replace(/^\/latest\/?/, "");
  const text = entries[path] ?? list(entries, path);
  return text === undefined ? { status: 404 } : { status: 200, text };
};

const reply = (sessions: Sessions, metadata: Metadata, request: IncomingMessage): Reply => {
  const { method, url = "/" } = request;
  if (metadata.httpEndpoint === "disabled") return { status: 403 };
  if (method === "PUT" && url === tokenPath) return openSession(sessions, request);
  if (method !== "GET") return { status: 405 };
  return isAllowed(sessions, request, metadata) ? read(metadata, url) : { status: 401 };
};

/** Serves whatever `current()` is at the time of a request, as tags and credentials change while a machine runs. */
export const metadataService = (current: () => Metadata): Server => {
  const sessions: Sessions = new Map();
  return createServer((request, response) => {
    const { status, text = "", headers } = reply(sessions, current(), request);
    response.writeHead(status, { "content-type": "text/plain", ...headers }).end(text);
  });
};
