// The part of a stage's configuration that is about its machines' image, and the rules that keep one stage's image out
// of another. Rules between files are in lib/config/sibling-stages.ts.
import * as z from "zod";
import { parametersOf } from "../../core/tenant/names.ts";
import { architectureOf, emailAddresses, instanceType, matching, wholeNumber } from "./config-fields.ts";
import { strictObject } from "./config-problems.ts";

/** In a stage that builds its machines' image. One that has images promoted to it needs none of this. */
export const image = strictObject({
  /** When to look for a new Amazon Linux; what is new is built, tested and distributed. */
  schedule: matching(/^cron\((\S+ ){5}\S+\)$/, "six fields, such as cron(0 5 ? * TUE *), in UTC"),
  /** What the image is built and tested on. */
  instanceType,
  volumeSizeGiB: wholeNumber(8, 100).default(12),
  /** How many of the newest images stay, besides all that are in use. */
  keep: wholeNumber(1, 50),
  /** Who is told about failed builds. */
  notify: emailAddresses.min(1, "at least one e-mail address"),
});

/** What the rules look at, in a shape that a file with other problems still has. */
const judged = z.object({
  stage: z.string(),
  baseDomain: z.string(),
  machine: z.object({ amiParameter: z.string(), tenantImage: z.string(), architecture: z.string() }),
  network: z.object({ egress: z.string() }),
  image: z.object({ instanceType: z.string() }).optional(),
});
type Judged = z.output<typeof judged>;

export interface ImageRule {
  path: string[];
  holds(config: Judged): boolean;
  allowed(config: Judged): string;
}

/** RFC 6761 keeps these names on the machine that asks: nobody else is served by such a stage. */
const servesNobodyElse = ({ baseDomain }: Judged) => /(^|\.)localhost$/.test(baseDomain);
const isOwn = ({ stage, machine }: Judged) => machine.amiParameter.startsWith(`${parametersOf(stage)}/`);
const isAmazons = ({ machine }: Judged) => machine.amiParameter.startsWith("/aws/service/");

export const imageRules: ImageRule[] = [
  {
    path: ["machine", "amiParameter"],
    holds: (config) => isOwn(config) || (isAmazons(config) && !config.image && servesNobodyElse(config)),
    allowed: ({ stage }) =>
      `a parameter of this stage's own, such as ${parametersOf(stage)}/ami; one of AWS's (/aws/service/…) only where ` +
      "no image is built and the domain ends in .localhost",
  },
  {
    path: ["machine", "tenantImage"],
    holds: (config) => isByDigest(config.machine.tenantImage) || (servesNobodyElse(config) && !config.image),
    allowed: () =>
      "an image by its digest, such as registry.example.com/app@sha256:<64 hexadecimal digits>, because a tag can " +
      "become another image between the test and the next machine",
  },
  {
    path: ["image", "instanceType"],
    holds: ({ image, machine }) => !image || architectureOf(image.instanceType) === machine.architecture,
    allowed: ({ machine }) => `an instance type of the machines' architecture, ${machine.architecture}`,
  },
  {
    path: ["network", "egress"],
    holds: ({ image, network }) => !image || network.egress !== "none",
    allowed: () => "any but none where an image is built: the build downloads packages",
  },
];

/** `<repository>@sha256:<digest>`, without a tag, which would say something that nobody checks. */
export const isByDigest = (reference: string): boolean => /^[^@]+@sha256:[0-9a-f]{64}$/.test(reference);

/** Without registry's port, tag or digest being taken for part of it. */
export const repositoryOf = (reference: string): string =>
  reference.replace(/@.*$/, "").replace(/:[^/]*$/, "");

export const digestOf = (reference: string): string => reference.replace(/^[^@]*@?/, "");

/** As a refinement that does not wait until every other field is right, so that all problems are told at once. */
export const refinementOf = ({ path, holds, allowed }: ImageRule) => ({
  holds: (config: unknown) => holds(judged.parse(config)),
  options: {
    path,
    error: ({ input }: { input?: unknown }) => allowed(judged.parse(input)),
    when: ({ value }: { value: unknown }) => judged.safeParse(value).success,
  },
});
