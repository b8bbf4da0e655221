// What a probe and the front of a machine say to each other. The front (image-builder/files) is the only one that can
// answer for its machine: whatever answers in its place, a cache, a Worker or another tenant's tunnel, lacks these headers.
import { createHash, createHmac } from "node:crypto";
import * as z from "zod";

/** Where the tunnel's ingress rule leads, on the machine's loopback. */
export const frontPort = 8080;

/** What a probe sends. Visitors do not know the generation, and so learn nothing of the machine. */
export const probeHeaders = { nonce: "warren-nonce", proof: "warren-proof" } as const;

/** What the front adds to the answer of a probe whose proof is right, and takes out of every other. */
export const frontHeaders = {
  nonce: "warren-nonce",
  machine: "warren-machine",
  application: "warren-application",
  settings: "warren-settings",
  state: "warren-state",
} as const;

/** `starting` until the application has been healthy once; `draining` while it takes no new work. */
const frontStates = ["starting", "serving", "draining"] as const;

export const frontAnswer = z.object({
  machine: z.string().regex(/^[0-9a-f]{64}$/),
  /** digest of the application's image */
  application: z.string().min(1),
  /** version of the tenant's settings; "0" while it has none */
  settings: z.string().min(1),
  state: z.enum(frontStates),
});
export type FrontAnswer = z.output<typeof frontAnswer>;

/** The machine's identity: 64 hex digits that tell whoever does not know both nothing. */
export const machineIdentity = (generation: string, instanceId: string): string =>
  createHash("sha256").update(`${generation} ${instanceId}`).digest("hex");

/** That whoever asks knows the generation, without saying it to whatever answers. 64 hex digits. */
export const proofOf = (generation: string, nonce: string): string =>
  createHmac("sha256", generation).update(nonce).digest("hex");
