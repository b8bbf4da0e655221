// Puts back what is missing of the parameters that a machine reads when it boots: the admin token, of which any value will
// do, and the tag that names the machine as reader. No value is ever read here.
import type * as z from "zod";
import { newSecret } from "../../core/aws/new-secret.ts";
import type { Parameters } from "../../core/aws/parameters.ts";
import { SecretLostError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import {
  type SecretName,
  secretNames,
  secretParameter,
  secretReader,
  tenantTags,
} from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface CorrectSecretsDeps {
  env: Pick<z.output<typeof task.environment>, "PARAMETER_KEY_ID" | "INSTANCE_ROLE_ID">;
  repairs: Pick<RepairStore, "recordRung">;
  parameters: Pick<Parameters, "exists" | "create" | "tagsOf" | "tag">;
}

export const correctSecrets = async (input: Input, deps: CorrectSecretsDeps): Promise<RungOutput> => {
  await deps.repairs.recordRung(input, task.name);
  const corrected: string[] = [];
  for (const name of secretNames) {
    const isNew = await madeAnew(input, name, deps);
    if (isNew)
      corrected.push(`the parameter of the ${name} was made anew, which its machine reads when it boots`);
    const isNamed = await readerNamed(input, name, deps);
    if (isNamed && !isNew) corrected.push(`${input.instanceId} is reader of the ${name} again`);
  }
  if (corrected.length === 0) return { outcome: "skipped", detail: "all parameters are as they should be" };
  return { outcome: "done", detail: corrected.join("; ") };
};

const madeAnew = async (
  { key }: Input,
  name: SecretName,
  { env, parameters }: CorrectSecretsDeps,
): Promise<boolean> => {
  const parameter = secretParameter(key, name);
  if (await parameters.exists(parameter)) return false;
  if (name !== "admin-token")
    throw new SecretLostError(`The parameter ${parameter} does not exist, and another value would not do.`);
  await parameters.create(parameter, newSecret(), { keyId: env.PARAMETER_KEY_ID, tags: tenantTags(key) });
  return true;
};

const readerNamed = async (
  { key, instanceId }: Input,
  name: SecretName,
  { env, parameters }: CorrectSecretsDeps,
): Promise<boolean> => {
  if (!instanceId) return false;
  const parameter = secretParameter(key, name);
  const reader = secretReader(env.INSTANCE_ROLE_ID, instanceId);
  if ((await parameters.tagsOf(parameter))[tagKeys.reader] === reader) return false;
  await parameters.tag(parameter, { [tagKeys.reader]: reader });
  return true;
};
