import * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { replaces, rungInput } from "../../core/repair/repair-input.ts";
import { environment } from "./environment.ts";
import { moveDataVolume } from "./move-data-volume.ts";

export const handler = taskHandler({
  name: "move-data-volume",
  env: environment,
  input: rungInput.extend({ replaces }),
  output: z.object({ volumeId: z.string() }),
  connect: (env) => ({ env, instances: instances(), volumes: volumes() }),
  run: moveDataVolume,
});
