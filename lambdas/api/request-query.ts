// What a request's query says, held against what its route takes.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod";
import { badRequest, type Complaint } from "./problem.ts";
import { validated } from "./validated.ts";

export const parseQuery = <Schema extends z.ZodObject>(
  event: APIGatewayProxyEventV2,
  schema: Schema,
): z.output<Schema> => validated(schema, event.queryStringParameters ?? {}, refusal(schema));

const refusal = ({ shape }: z.ZodObject) => ({
  problem: (complaints: Complaint[]) => badRequest("The query is not one that this route takes.", complaints),
  name: ([parameter]: readonly PropertyKey[]) => String(parameter),
  unknown: `only ${Object.keys(shape).join(", ")}`,
});
