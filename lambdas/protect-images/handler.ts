import { images } from "../common/images.ts";
import { observed } from "../common/observed.ts";
import { once } from "../common/once.ts";
import { parameters } from "../common/parameters.ts";
import { parseEnvironment } from "../common/parse.ts";
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
