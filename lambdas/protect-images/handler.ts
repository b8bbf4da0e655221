import { images } from "../../core/aws/images.ts";
import { parameters } from "../../core/aws/parameters.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { parseEnvironment } from "../../core/parse.ts";
import { protectImages } from "./protect-images.ts";
import { task } from "./task.ts";

export const handler = withObservability(task.name, ({ logger }) => {
  const deps = lazy(() => ({
    env: parseEnvironment(task.environment),
    images: images(),
    parameters: parameters(),
  }));
  return async () => {
    const outcome = await protectImages(deps());
    logger.info("decided", { ...outcome });
    return outcome;
  };
});
