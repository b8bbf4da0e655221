// Where the Lambdas find what is not AWS's own: the only thing that differs between here and the clouds.
import type { StagePorts } from "./ports.ts";

export interface EndpointVariables {
  AWS_ENDPOINT_URL_EC2: string;
  /** local/ec2 too: Run Command runs on its machines, and what it does not answer it hands on to the local AWS. */
  AWS_ENDPOINT_URL_SSM: string;
  CLOUDFLARE_BASE_URL: string;
  EDGE_URL: string;
}

export const endpointVariables = (ports: StagePorts): EndpointVariables => ({
  AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${ports.ec2}`,
  AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${ports.ec2}`,
  CLOUDFLARE_BASE_URL: `http://127.0.0.1:${ports.cloudflare}/client/v4`,
  EDGE_URL: `http://127.0.0.1:${ports.edge}`,
});
