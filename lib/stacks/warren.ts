// The application: the stacks of one stage, made the same way for a deploy, for the tests and for `npm run synth`.

import { type App, type StackProps, Tags } from "aws-cdk-lib";
import { stackName } from "../../core/stage-names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { Deployment } from "../deployment.ts";
import { ApiStack } from "./api.ts";
import { ControlPlaneStack } from "./control-plane.ts";
import { DataStack } from "./data.ts";
import { HealthStack } from "./health.ts";
import { ImageStack } from "./image.ts";
import { MonitoringStack } from "./monitoring.ts";
import { NetworkStack } from "./network.ts";

export const addStacks = (app: App, deployment: Deployment) => {
  const { config } = deployment;
  const { account, image, region, stage } = config;
  const props = (holds: string): StackProps => ({
    env: { region, ...(account && { account }) },
    description: `Warren ${stage}: ${holds}`,
    tags: { [tagKeys.stage]: stage },
  });
  const named = (name: string) => stackName(stage, name);
  const network = new NetworkStack(app, named("Network"), { ...props("where machines live"), config });
  const images =
    image &&
    new ImageStack(app, named("Image"), { ...props("the machines' image"), deployment, image, network });
  const data = new DataStack(app, named("Data"), { ...props("tables and keys"), config });
  const controlPlane = new ControlPlaneStack(app, named("ControlPlane"), {
    ...props("workflows and their tasks"),
    deployment,
    network,
    data,
  });
  const monitoring = new MonitoringStack(app, named("Monitoring"), {
    ...props("what operators are told"),
    config,
    changeFailures: controlPlane.failures,
  });
  const health = new HealthStack(app, named("Health"), {
    ...props("sweeps and repairs"),
    deployment,
    network,
    data,
    machine: controlPlane.machine,
    creation: controlPlane.creation.all,
    operators: monitoring.operators,
  });
  const api = new ApiStack(app, named("Api"), { ...props("the HTTP API"), deployment, data });
  Tags.of(app).add(tagKeys.stage, stage);
  return { network, images, data, controlPlane, monitoring, health, api };
};
