// MaxResults and NextToken: answers in pages, in the order of ids so that deletions between two pages do no harm.
import * as z from "zod";
import { invalidParameter } from "./errors.ts";
import { formInteger } from "./query.ts";

export const pageParameters = { MaxResults: formInteger.optional(), NextToken: z.string().optional() };

interface PageRequest {
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

const smallestPage = 5;
const largestPage = 1000;

const checkSize = (size: number): number => {
  if (size >= smallestPage && size <= largestPage) return size;
  throw invalidParameter(
    `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${smallestPage} and ${largestPage}.`,
  );
};

/** The page asked for, and the token of the next one if there is more. */
export const page = <T>(
  all: T[],
  idOf: (member: T) => string,
  { MaxResults, NextToken }: PageRequest,
): { members: T[]; nextToken: string | undefined } => {
  const size = MaxResults === undefined ? all.length : checkSize(MaxResults);
  const after = NextToken === undefined ? "" : Buffer.from(NextToken, "base64url").toString();
  const rest = all.filter((member) => idOf(member) > after).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const members = rest.slice(0, size);
  const last = members.at(-1);
  const more = rest.length > members.length && last !== undefined;
  return { members, nextToken: more ? Buffer.from(idOf(last)).toString("base64url") : undefined };
};
