// Parameter Store, for ids of images: readable by deploys, and checked by SSM to be ids of images.
import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { ImageParameters } from "./promotion.ts";

export const imageParameters = (client: SSMClient): ImageParameters => ({
  read: async (name) => {
    try {
      return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  },

  write: async (name, imageId) => {
    const image = { Name: name, Value: imageId, Type: "String", DataType: "aws:ec2:image" } as const;
    await client.send(new PutParameterCommand({ ...image, Overwrite: true }));
  },
});
