import * as z from "zod";
import { instances } from "../common/instances.ts";
import { replaces, rungInput } from "../common/repair-input.ts";
import { taskHandler } from "../common/task-handler.ts";
import { volumes } from "../common/volumes.ts";
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
