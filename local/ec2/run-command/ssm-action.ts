// Systems Manager's protocol, JSON 1.1: an action in a header, objects both ways, errors named by their type.
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { Ec2Error } from "../protocol/errors.ts";

export type SsmAction = (input: unknown) => Promise<object>;
export type SsmActions = Record<string, SsmAction>;

export const ssmContentType = "application/x-amz-json-1.1";

const targetPrefix = "AmazonSSM.";

/** The action that a request asks for; undefined if it is none of Systems Manager's. */
export const ssmActionOf = ({ "x-amz-target": target }: IncomingHttpHeaders): string | undefined => {
  return typeof target === "string" && target.startsWith(targetPrefix)
    ? target.slice(targetPrefix.length)
    : undefined;
};

/** @param run gets the checked input */
export const ssmAction =
  <S extends z.ZodType>(schema: S, run: (input: z.output<S>) => object | Promise<object>): SsmAction =>
  async (input) => {
    const { error, data } = schema.safeParse(input);
    if (!error) return run(data);
    throw new Ec2Error(
      "ValidationException",
      `${z.prettifyError(error)} (local/ec2 refuses what it does not model rather than ignore it.)`,
    );
  };

/** Times are seconds since 1970. */
export const ssmTime = (date: Date | number): number => Number(date) / 1000;

export const ssmError = ({ code, message }: Ec2Error): object => ({ __type: code, message });
