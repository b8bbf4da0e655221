// Parameter Store: where secrets live, and the only door through which a task touches their values.
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  InvalidResourceId,
  ListTagsForResourceCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { clientOptions } from "../aws-sdk/aws-client.ts";
import { isAwsError, namedAwsError, rememberingCalls } from "../aws-sdk/aws-errors.ts";
import { AwsRejectedError } from "../errors.ts";

interface SecretOptions {
  /** KMS key */
  keyId: string;
  tags: Record<string, string>;
}

export interface Parameters {
  /** The decrypted value; undefined when there is no parameter of this name. */
  find(name: string): Promise<string | undefined>;
  /** The decrypted value. */
  read(name: string): Promise<string>;
  /** Creates a SecureString; one that exists keeps its value and its tags. */
  create(name: string, value: string, options: SecretOptions): Promise<void>;
  /** Creates a SecureString, or gives an existing one this value; the tags are those of its creation. */
  put(name: string, value: string, options: SecretOptions): Promise<void>;
  /** Without decrypting it: who only checks needs no key. */
  exists(name: string): Promise<boolean>;
  /** None when there is no parameter of this name; ours have tags from their creation on. */
  tagsOf(name: string): Promise<Record<string, string>>;
  tag(name: string, tags: Record<string, string>): Promise<void>;
  /** A name that does not exist counts as deleted. */
  delete(name: string): Promise<void>;
}

const asTags = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const parameters = (client = rememberingCalls(new SSMClient(clientOptions))): Parameters => ({
  find: (name) => findValue(client, name),

  read: async (name) => {
    const value = await findValue(client, name);
    if (value === undefined) throw new AwsRejectedError(`The parameter ${name} does not exist.`);
    return value;
  },

  create: async (name, value, options) => {
    await createNew(client, name, value, options);
  },

  put: async (name, value, options) => {
    if (await createNew(client, name, value, options)) return;
    // Tags and Overwrite exclude each other; the tags went in with the creation.
    await putSecret(client, { Name: name, Value: value, KeyId: options.keyId, Overwrite: true });
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

  tagsOf: async (name) => {
    try {
      const { TagList = [] } = await client.send(
        new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }),
      );
      return Object.fromEntries(TagList.map(({ Key = "", Value = "" }) => [Key, Value]));
    } catch (error) {
      // AWS's word for a parameter that is not there (API reference). MiniStack answers that it has no tags.
      if (error instanceof InvalidResourceId) return {};
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

const findValue = async (client: SSMClient, name: string): Promise<string | undefined> => {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (Parameter?.Value) return Parameter.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
  throw new AwsRejectedError(`The parameter ${name} is empty.`);
};

interface Secret extends PutParameterCommandInput {
  Value: string;
}

const putSecret = async (client: SSMClient, secret: Secret): Promise<void> => {
  try {
    await client.send(new PutParameterCommand({ ...secret, Type: "SecureString" }));
  } catch (error) {
    throw withoutSecret(error, secret.Value);
  }
};

/** @returns whether there was none of this name */
const createNew = async (
  client: SSMClient,
  name: string,
  value: string,
  { keyId, tags }: SecretOptions,
): Promise<boolean> => {
  try {
    await putSecret(client, { Name: name, Value: value, KeyId: keyId, Tags: asTags(tags) });
    return true;
  } catch (error) {
    if (error instanceof ParameterAlreadyExists) return false;
    throw error;
  }
};

/** AWS's validation errors may quote the value they complain about, so such an error goes on without its cause. */
const withoutSecret = (error: unknown, secret: string): unknown => {
  if (!(error instanceof Error) || !error.message.includes(secret)) return error;
  error.message = error.message.replaceAll(secret, "(secret)");
  const clean = isAwsError(error) ? namedAwsError(error) : new Error(error.message);
  clean.cause = undefined;
  return clean;
};
