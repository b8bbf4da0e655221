// What Image Builder says about a build, by its REST API: three fields of two answers, which is not worth another SDK.
import { AwsClient } from "aws4fetch";
import * as z from "zod";

export interface ImageBuild {
  /** `AVAILABLE` once built, tested and distributed. */
  status: string;
  /** Ids of the AMIs that came of it. */
  amis: string[];
  /** Status of each test workflow that ran; `COMPLETED` is a success. Empty where none ran. */
  tests: string[];
}

export interface ImageBuilds {
  /** @param arn of the build, `…:image/<name>/<version>/<build>` */
  get(arn: string): Promise<ImageBuild>;
}

const imageAnswer = z.object({
  image: z.object({
    state: z.object({ status: z.string() }),
    imageTestsConfiguration: z.object({ imageTestsEnabled: z.boolean() }).optional(),
    outputResources: z.object({ amis: z.array(z.object({ image: z.string() })).optional() }).optional(),
  }),
});
const workflowsAnswer = z.object({
  workflowExecutions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
});

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** Source: EC2 Image Builder API reference, GetImage and ListWorkflowExecutions. */
export const imageBuilds = (options: {
  region: string;
  credentials: Credentials;
  /** Instead of the region's own. */
  endpoint?: string | undefined;
}): ImageBuilds => {
  const { region, credentials } = options;
  const endpoint = options.endpoint ?? `https://imagebuilder.${region}.amazonaws.com`;
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    service: "imagebuilder",
    region,
    retries: 2,
    ...(sessionToken && { sessionToken }),
  });
  const call = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await client.fetch(`${endpoint}${path}`, init);
    if (response.ok) return response.json();
    throw new Error(`Image Builder answered HTTP ${response.status} to ${path}: ${await response.text()}`);
  };
  return {
    get: async (arn) => {
      const query = new URLSearchParams({ imageBuildVersionArn: arn });
      const { image } = imageAnswer.parse(await call(`/GetImage?${query}`));
      const body = JSON.stringify({ imageBuildVersionArn: arn });
      const headers = { "content-type": "application/json" };
      const { workflowExecutions } = workflowsAnswer.parse(
        await call("/ListWorkflowExecutions", { method: "POST", body, headers }),
      );
      const tests = workflowExecutions.filter(({ type }) => type === "TEST").map(({ status }) => status);
      return {
        status: image.state.status,
        amis: (image.outputResources?.amis ?? []).map(({ image: ami }) => ami),
        tests: image.imageTestsConfiguration?.imageTestsEnabled ? tests : [],
      };
    },
  };
};
