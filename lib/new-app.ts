// An app outside of the CDK's command line, with the feature flags that cdk.json gives to one inside of it.
import { App } from "aws-cdk-lib";
import cdk from "../cdk.json" with { type: "json" };

export const newApp = (outdir: string): App =>
  new App({ context: cdk.context, outdir, analyticsReporting: false });
