// What a route is given and what it answers.
import type { RequestContext } from "@aws-lambda-powertools/event-handler/types";

/** The event, and the path's parameters as the router has read them. */
export type ApiRequest = Pick<Extract<RequestContext, { responseType: "ApiGatewayV2" }>, "event" | "params">;

export interface ApiResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export type Route = (request: ApiRequest) => Promise<ApiResponse>;
