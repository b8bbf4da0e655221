// The application's administration, for whoever has the tenant's own admin token.
import { timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Reply } from "./reply.ts";

const refused: Reply = {
  status: 401,
  body: { error: "this needs the tenant's admin token as a bearer token" },
};

/** Read anew every time: the file of a secret may be replaced while the application runs. */
const isToken = (file: string, given: string): boolean => {
  const expected = Buffer.from(readFileSync(file, "utf8"));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
};

/** @param file of the token, which never is in an environment or on a command line */
export const answerAdmin = (file: string, authorization: string | undefined): Reply => {
  const [, given] = /^Bearer (.+)$/.exec(authorization ?? "") ?? [];
  if (given === undefined || !isToken(file, given)) return refused;
  return { status: 200, body: { administrator: true } };
};
