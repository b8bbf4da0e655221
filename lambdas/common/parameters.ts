// Parameter Store: where secrets live, and the only door through which a task touches their values.
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { clientOptions } from "./aws-client.ts";
import { isAwsError, namedAwsError, rememberingCalls } from "./aws-errors.ts";
import { AwsRejectedError } from "./errors.ts";

export interface Parameters {
  /** The decrypted value. */
  read(name: string): Promise<string>;
  /** Creates a SecureString, or gives an existing one this value; the tags are those of its creation. */
  put(name: string, value: string, options: { keyId: string; tags: Record<string, string> }): Promise<void>;
  /** Without decrypting it: who only checks needs no key. */
  exists(name: string): Promise<boolean>;
  tag(name: string, tags: Record<string, string>): Promise<void>;
  /** A name that does not exist counts as deleted. */
  delete(name: string): Promise<void>;
}

const asTags = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const parameters = (client = rememberingCalls(new SSMClient(clientOptions))): Parameters => ({
  read: async (name) => {
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      if (Parameter?.Value) return Parameter.Value;
      throw new AwsRejectedError(`The parameter ${name} is empty.`);
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      throw new AwsRejectedError(`The parameter ${name} does not exist.`, { cause: error });
    }
  },

  put: async (name, value, { keyId, tags }) => {
    const secure = { Name: name, Value: value, Type: "SecureString", KeyId: keyId } as const;
    try {
      await client.send(new PutParameterCommand({ ...secure, Tags: asTags(tags) })).catch((error) => {
        if (!(error instanceof ParameterAlreadyExists)) throw error;
        // Tags and Overwrite exclude each other; the tags went in with the creation.
        return client.send(new PutParameterCommand({ ...secure, Overwrite: true }));
      });
    } catch (error) {
      throw withoutSecret(error, value);
    }
  },

  exists: async (name) => {
    try {
      await client.send(new GetParameterCommand({ Name: name, WithDecryption: false }));
      return true;
    } catch (error) {
      if (error instanceof ParameterNotFound) return false;
      throw error;
    }
  },

  tag: async (name, tags) => {
    await client.send(
      new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: name, Tags: asTags(tags) }),
    );
  },

  delete: async (name) => {
    try {
      await client.send(new DeleteParameterCommand({ Name: name }));
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
    }
  },
});

/** AWS's validation errors may quote the value they complain about, so such an error goes on without its cause. */
const withoutSecret = (error: unknown, secret: string): unknown => {
  if (!(error instanceof Error) || !error.message.includes(secret)) return error;
  error.message = error.message.replaceAll(secret, "(secret)");
  const clean = isAwsError(error) ? namedAwsError(error) : new Error(error.message);
  clean.cause = undefined;
  return clean;
};
