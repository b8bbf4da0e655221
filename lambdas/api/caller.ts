// Who is calling, by what stays the same from one session to the next: a key that was sent in one is known in another.
import type { APIGatewayProxyEventV2 } from "aws-lambda";

interface Authorizer {
  iam?: {
    userArn?: string;
    /** of an identity pool, whose users all share one role and its session's name */
    cognitoIdentity?: { identityId?: string } | null;
  };
  jwt?: { claims?: { iss?: unknown; sub?: unknown; scope?: unknown } };
}

const authorizerOf = ({ requestContext }: APIGatewayProxyEventV2): Authorizer =>
  (requestContext as { authorizer?: Authorizer }).authorizer ?? {};

/** Who may see what goes on inside: IAM's principals are the account's own, a token says so (RFC 8693, `scope`). */
export const isOperator = (event: APIGatewayProxyEventV2): boolean => {
  const { iam, jwt } = authorizerOf(event);
  return (
    Boolean(iam?.userArn) ||
    String(jwt?.claims?.scope ?? "")
      .split(" ")
      .includes("tenants:operate")
  );
};

/** As the authorizer says, IAM or JWT. */
export const callerOf = (event: APIGatewayProxyEventV2): string => {
  const { iam, jwt } = authorizerOf(event);
  if (!iam?.userArn) return JSON.stringify([jwt?.claims?.iss, jwt?.claims?.sub]);
  const identityId = iam.cognitoIdentity?.identityId;
  const role = withoutSession(iam.userArn);
  return identityId ? JSON.stringify([role, identityId]) : role;
};

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`: whoever assumes the role chooses the session's name. */
const withoutSession = (arn: string): string =>
  arn.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, "$1");
