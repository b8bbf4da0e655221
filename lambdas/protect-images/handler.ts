import { images } from "../../core/aws/images.ts";
import { parameters } from "../../core/aws/parameters.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { parseEnvironment } from "../../core/handler/parse.ts";
import { environment } from "./environment.ts";
import { protectImages } from "./protect-images.ts";

export const handler = withObservability("protect-images", ({ logger }) => {
  const deps = lazy(() => ({
    env: parseEnvironment(environment),
    images: images(),
    parameters: parameters(),
  }));
  return async () => {
    const outcome = await protectImages(deps());
    logger.info("decided", { ...outcome });
    return outcome;
  };
});
