// Token verification: proves that a token exists, not what it may do.
import type { FastifyInstance } from "fastify";
import { success } from "./envelope.ts";
import { invalidToken } from "./errors.ts";
import type { ApiToken } from "./tokens.ts";

const verified = (token: ApiToken) => ({
  ...success({ id: "0".repeat(32), status: "active" }),
  messages: [
    { code: 10000, message: `This API Token is valid and active${token.owner === "account" ? "." : ""}` },
  ],
});

export const tokenRoutes = (api: FastifyInstance): void => {
  api.get("/user/tokens/verify", ({ access }) => {
    if (access.token.owner === "account") throw invalidToken();
    return verified(access.token);
  });

  api.get("/accounts/:account_id/tokens/verify", ({ access }) => {
    if (access.token.owner !== "account") throw invalidToken();
    return verified(access.token);
  });
};
