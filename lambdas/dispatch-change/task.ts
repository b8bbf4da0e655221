import { variables } from "../../core/handler/environment.ts";
import { defineLambda } from "../../core/handler/task.ts";

export const task = defineLambda({
  name: "dispatch-change",
  environment: variables.pick({
    STAGE: true,
    WORKFLOW_ARN_PREFIX: true,
  }),
});
