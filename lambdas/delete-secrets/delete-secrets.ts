// Deletes every secret of this incarnation: its generation is part of each name, so none is another's.
import type { Parameters } from "../../core/aws/parameters.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { tenantSecrets } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import { task } from "./task.ts";

export interface DeleteSecretsDeps {
  tenants: RemovalRow;
  parameters: Pick<Parameters, "delete">;
}

export const deleteSecrets = (
  { key }: TaskInput<typeof task>,
  { tenants, parameters }: DeleteSecretsDeps,
): Promise<RemovalOutput> =>
  removalStep(key, task.step, tenants, async () => {
    const names = tenantSecrets(key);
    for (const name of names) await parameters.delete(name);
    return { deleted: names.map((id) => ({ kind: "secret" as const, id })) };
  });
