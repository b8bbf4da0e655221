// A stage's synthesised templates by the names of their stacks, as CloudFormation knows them.
import type { Config } from "../../lib/config/config.ts";
import { imageTemplateOf, templatesOf } from "../stacks/synthesised.ts";
import type { CloudTemplate } from "./resolver.ts";

export const stageTemplates = (config: Config): Record<string, CloudTemplate> => {
  const { network, data, controlPlane, monitoring, health, api } = templatesOf(config);
  const images = config.image ? { Images: imageTemplateOf(config) } : {};
  const named = {
    Network: network,
    Data: data,
    ControlPlane: controlPlane,
    Monitoring: monitoring,
    Health: health,
    Api: api,
    ...images,
  };
  return Object.fromEntries(
    Object.entries(named).map(([name, template]) => [
      `Warren-${config.stage}-${name}`,
      template.toJSON() as CloudTemplate,
    ]),
  );
};
