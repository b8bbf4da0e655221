// The API's description, OpenAPI 3.1, made of what validates its requests.
import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { type OperationName, operations, operationsByPath } from "../operations.ts";
import { type Contract, contracts } from "./contract.ts";

/** Of the contract: the first number grows with a change that breaks a caller, the second with what is new. */
const VERSION = "1.0.0";

const json = "application/json";
const parameters = z.object({ slug: z.string().meta({ description: "The tenant's.", example: "acme" }) });

const responsesOf = ({ answers }: Contract) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, body, headers }]) => {
      const type = Number(status) >= 400 ? "application/problem+json" : json;
      return [status, { description, content: { [type]: { schema: body } }, ...(headers && { headers }) }];
    }),
  );

const operationOf = (name: OperationName): ZodOpenApiOperationObject => {
  const { summary, description, query, headers, body, ...contract } = contracts[name];
  const path = operations[name].path.includes("{slug}") ? parameters : undefined;
  return {
    operationId: name,
    summary,
    description,
    requestParams: { ...(path && { path }), ...(query && { query }), ...(headers && { header: headers }) },
    ...(body && { requestBody: { required: true, content: { [json]: { schema: body } } } }),
    responses: responsesOf({ summary, description, ...contract }),
  };
};

const paths: ZodOpenApiPathsObject = Object.fromEntries(
  [...operationsByPath].map(([path, names]) => [
    path,
    Object.fromEntries(names.map((name) => [operations[name].method.toLowerCase(), operationOf(name)])),
  ]),
);

export const document = () =>
  createDocument({
    openapi: "3.1.0",
    info: {
      title: "Warren",
      version: VERSION,
      description: "A machine of its own for every tenant, reachable only through its own Cloudflare Tunnel.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      {
        url: "https://{api}.execute-api.{region}.amazonaws.com",
        variables: { api: { default: "id" }, region: { default: "eu-central-1" } },
      },
    ],
    security: [{ iam: [] }, { jwt: [] }],
    paths,
    components: {
      securitySchemes: {
        iam: {
          type: "apiKey",
          in: "header",
          name: "authorization",
          description: "AWS Signature Version 4, service execute-api.",
        },
        jwt: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "Of the issuer that the stage names, where it names one.",
        },
      },
    },
  });
