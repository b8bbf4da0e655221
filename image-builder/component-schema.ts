// The schema of Image Builder's component documents, of which AWS publishes no machine-readable one.
// Source: EC2 Image Builder User Guide, "Use the AWSTOE component document framework for custom components" (document
// schema), "Define and reference variables" (parameters) and "Action modules" (inputs of the actions that we use).
import * as z from "zod";

const name = z.string().min(1);
/** -1 is no limit at all, which a build of ours never wants. */
const timeoutSeconds = z.int().min(1).max(7200);

const step = <Action extends string, Inputs extends z.ZodType>(action: Action, inputs: Inputs) =>
  z.strictObject({
    name,
    action: z.literal(action),
    /** Required here, though 7200 is the default: a step that hangs costs two hours of a machine. */
    timeoutSeconds,
    onFailure: z.enum(["Abort", "Continue", "Ignore"]).optional(),
    maxAttempts: z.int().min(1).optional(),
    inputs,
  });

const bash = step("ExecuteBash", z.strictObject({ commands: z.array(z.string().min(1)).min(1) }));
const download = step(
  "S3Download",
  z.array(z.strictObject({ source: z.string(), destination: z.string().startsWith("/") })).min(1),
);
const webDownload = step(
  "WebDownload",
  z
    .array(
      z.strictObject({
        source: z.string(),
        destination: z.string().startsWith("/"),
        checksum: z.string(),
        algorithm: z.literal("SHA256"),
        overwrite: z.boolean().optional(),
      }),
    )
    .min(1),
);

const unique = (items: { name: string }[]) => new Set(items.map((item) => item.name)).size === items.length;
const phase = z.strictObject({
  name: z.enum(["build", "validate", "test"]),
  steps: z
    .array(z.discriminatedUnion("action", [bash, download, webDownload]))
    .min(1)
    .refine(unique),
});

const parameter = z.record(
  z.string().regex(/^[A-Za-z0-9_-]{3,128}$/),
  z.strictObject({ type: z.literal("string"), description: z.string(), default: z.string().optional() }),
);

export const componentSchema = z.strictObject({
  name,
  description: z.string().min(1).max(1024),
  schemaVersion: z.literal(1),
  parameters: z.array(parameter.refine((entry) => Object.keys(entry).length === 1)).optional(),
  phases: z.array(phase).min(1).refine(unique),
});
