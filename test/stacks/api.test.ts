import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { operations } from "../../lambdas/api/operations.ts";
import { changed, production, templatesOf } from "./synthesised.ts";

const api = (auth: object) => templatesOf(changed(production, { api: { auth } })).api;

const routes = Object.values(operations).map(({ method, path }) => `${method} ${path}`);

describe("the API", () => {
  it("has a route for each operation, and hands every other request to the same Lambda", () => {
    const found = Object.values(api({ type: "iam" }).findResources("AWS::ApiGatewayV2::Route"));

    expect(found.map(({ Properties }) => Properties.RouteKey).toSorted()).toEqual(
      ["$default", ...routes].toSorted(),
    );
  });

  it("authorises every route by IAM unless the configuration names an issuer", () => {
    api({ type: "iam" }).allResourcesProperties("AWS::ApiGatewayV2::Route", { AuthorizationType: "AWS_IAM" });
  });

  it("authorises every route by the issuer's tokens where it does", () => {
    const issuer = "https://login.example.org/";
    const template = api({ type: "jwt", issuer, audience: ["warren"] });

    template.allResourcesProperties("AWS::ApiGatewayV2::Route", {
      AuthorizationType: "JWT",
      AuthorizerId: Match.anyValue(),
    });
    template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      JwtConfiguration: { Issuer: issuer, Audience: ["warren"] },
    });
  });

  it("is throttled and logs every access", () => {
    api({ type: "iam" }).hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      DefaultRouteSettings: Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }),
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
    });
  });
});
