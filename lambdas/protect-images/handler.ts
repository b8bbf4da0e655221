import { images } from "../../core/aws/images.ts";
import { observed } from "../../core/handler/observability.ts";
import { once } from "../../core/handler/lazy.ts";
import { parameters } from "../../core/aws/parameters.ts";
import { parseEnvironment } from "../../core/handler/parse.ts";
import { environment } from "./environment.ts";
import { protectImages } from "./protect-images.ts";

export const handler = observed("protect-images", ({ logger }) => {
  const deps = once(() => ({
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
