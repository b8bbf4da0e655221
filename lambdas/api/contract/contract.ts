// What each operation takes and answers, in words and schemas: the description is made of it, and the tests hold every
// answer of the API to it.
import * as z from "zod";
import { change } from "../change-tenant.ts";
import { creation } from "../create-tenant.ts";
import { deletion } from "../delete-tenant.ts";
import { eventsQuery } from "../list-events.ts";
import { query } from "../list-tenants.ts";
import type { OperationName } from "../operations.ts";
import { nextCursor } from "../paging.ts";
import { waitQuery } from "../wait-for-tenant.ts";
import { eventBody } from "./event-body.ts";
import { problemBody } from "./problem-body.ts";
import { tenantBody } from "./tenant-body.ts";

export interface Contract {
  summary: string;
  description: string;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodObject;
  /** by status, what it means and the body */
  answers: Record<number, { description: string; body: z.ZodType; headers?: z.ZodObject }>;
}

const problem = (description: string) => ({ description, body: problemBody });

const always = {
  403: { description: "The caller may not.", body: z.looseObject({ message: z.string() }) },
  429: { description: "Too many requests.", body: z.looseObject({ message: z.string() }) },
  500: problem("The API failed; not the request's fault."),
  503: problem("A service behind the API is not available: send it again, as Retry-After says."),
};
const unreadable = { 400: problem("The request cannot be read.") };
const changing = {
  ...unreadable,
  413: problem("The body is larger than 64 KiB."),
  415: problem("The body is not declared as JSON."),
  422: problem("The request is not valid; all that is wrong is listed."),
};
const missing = { 404: problem("There is no such tenant.") };

const location = z.object({
  location: z.string().meta({ description: "Where to watch the work.", example: "/tenants/acme" }),
});
const underWay = (description: string) => ({ 202: { description, body: tenantBody, headers: location } });

const idempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .meta({
      description: "Sent again with the same key within a day, the request answers what became of the first.",
    }),
});

export const contracts: Record<OperationName, Contract> = {
  listTenants: {
    summary: "List tenants",
    description: "A page at a time, in no particular order.",
    query,
    answers: {
      200: {
        description: "A page.",
        body: z
          .strictObject({
            tenants: z.array(tenantBody),
            nextCursor,
          })
          .meta({ id: "TenantPage" }),
      },
      ...unreadable,
      ...always,
    },
  },
  createTenant: {
    summary: "Create a tenant",
    description: "One write; the work follows. Watch it at Location until its status is ready or failed.",
    headers: idempotencyKey,
    body: creation,
    answers: {
      ...underWay("The tenant is being provisioned."),
      ...changing,
      409: problem("The slug is taken, or its tenant is being deleted."),
      ...always,
    },
  },
  getTenant: {
    summary: "Show a tenant",
    description: "How it stands, how far its workflow has come, and what is wrong with it.",
    answers: { 200: { description: "The tenant.", body: tenantBody }, ...missing, ...always },
  },
  waitForTenant: {
    summary: "Wait for a tenant",
    description:
      "Answers when the tenant is ready, or gone (404), when it failed, or when the time is over: its status says which. " +
      "A tenant that is being deleted is not waited for to be ready.",
    query: waitQuery,
    answers: {
      200: { description: "The tenant as it is then.", body: tenantBody },
      ...unreadable,
      ...missing,
      ...always,
    },
  },
  listEvents: {
    summary: "List what was done about a tenant",
    description:
      "From the audit, the newest first: of the tenant as it is now, not of one that had its slug before.",
    query: eventsQuery,
    answers: {
      200: {
        description: "A page.",
        body: z.strictObject({ events: z.array(eventBody), nextCursor }).meta({ id: "EventPage" }),
      },
      ...unreadable,
      ...missing,
      ...always,
    },
  },
  changeTenant: {
    summary: "Change what a tenant says it is for",
    description: "Name and labels, as a JSON merge patch (RFC 7396). Nothing of its machine changes.",
    body: change,
    answers: { 200: { description: "The tenant.", body: tenantBody }, ...changing, ...missing, ...always },
  },
  deleteTenant: {
    summary: "Delete a tenant",
    description:
      "With all that it has, for ever. A repetition asks for nothing more. Gone once it answers 404.",
    body: deletion,
    answers: { ...underWay("The tenant is being deleted."), ...changing, ...missing, ...always },
  },
  describe: {
    summary: "Describe the API",
    description: "This document.",
    answers: {
      200: { description: "OpenAPI 3.1.", body: z.looseObject({ openapi: z.string() }) },
      ...always,
    },
  },
};
