// Which layer may import which, and no circles: for `npm run check` (docs/adr/0019-layers-held-by-dependency-cruiser.md).
import type { IConfiguration, IForbiddenRuleType } from "dependency-cruiser";

/** They may import anything, and nothing else imports what is below test/. */
const tests = ["[.]test[.]ts$", "^test/", "^bench/"];

const places = {
  "core/": "^core/",
  "lib/": "^lib/",
  "lib/config/": "^lib/config/",
  "local/": "^local/",
  "operations/": "^operations/",
  // What a Lambda does is no part of a deploy.
  "the Lambdas' descriptions": "^lambdas/(tasks|[^/]+/task|api/operations)[.]ts$",
};

/** What of ours a layer imports besides itself. */
const layers: Record<string, (keyof typeof places)[]> = {
  bin: ["operations/", "lib/", "local/", "core/"],
  core: [],
  "image-builder": [],
  lambdas: ["core/"],
  lib: ["core/", "the Lambdas' descriptions"],
  local: ["core/"],
  operations: ["core/", "lib/config/"],
};

const layerRule = ([layer, others]: [string, (keyof typeof places)[]]): IForbiddenRuleType => ({
  name: `${layer}-imports`,
  comment: `${layer}/ may import of ours: ${[`${layer}/`, ...others].join(", ")}; and only tests import test/`,
  severity: "error",
  from: { path: `^${layer}/`, pathNot: tests },
  to: { path: "[.]ts$", pathNot: [`^${layer}/`, ...others.map((other) => places[other])] },
});

const config: IConfiguration = {
  forbidden: [
    ...Object.entries(layers).map(layerRule),
    {
      name: "lambdas-apart",
      comment: "What two Lambdas share belongs in core/.",
      severity: "error",
      from: { path: "^lambdas/([^/]+)/", pathNot: tests },
      to: { path: "^lambdas/", pathNot: "^lambdas/$1/" },
    },
    {
      name: "ground-floor",
      comment:
        "A file directly in core/, lib/ or local/ is what the rooms stand on, and imports none of them.",
      severity: "error",
      from: { path: "^(core|lib|local)/[^/]+[.]ts$", pathNot: tests },
      to: { path: "^$1/[^/]+/", pathNot: places["lib/config/"] },
    },
    {
      name: "top-floor",
      comment:
        "A file directly in local/cloudflare/ or local/ec2/ puts the rooms together: none of them imports it.",
      severity: "error",
      from: { path: "^(local/(?:cloudflare|ec2))/[^/]+/", pathNot: tests },
      to: { path: "^$1/[^/]+[.]ts$" },
    },
    {
      name: "no-circles",
      comment: "Imports of types count too: move what both need into a file that imports neither.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    // It sees imports of types, and TypeScript 7 offers no parser to other programs yet.
    parser: "swc",
    includeOnly: "^(?!(node_modules|cdk[.]out|dist)/|[.])",
  },
};

export default config;
