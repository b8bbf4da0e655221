// Which way machines are kept apart here: in namespaces wherever this computer lets us, and why not where it does not.
import { findProgram } from "../../find-program.ts";
import type { Isolation, IsolationMode } from "./isolation.ts";
import { NamespaceIsolation, type NamespaceOptions } from "./namespace-isolation.ts";
import type { Tools } from "./netns.ts";
import { processIsolation } from "./process-isolation.ts";

const modes: readonly string[] = ["namespace", "process"] satisfies IsolationMode[];

/** What WARREN_ISOLATION says; undefined without it. @throws Error for anything but the modes there are */
export const isolationFromEnvironment = (): IsolationMode | undefined => {
  const wanted = process.env.WARREN_ISOLATION;
  if (!wanted || modes.includes(wanted)) return (wanted || undefined) as IsolationMode | undefined;
  throw new Error(
    `WARREN_ISOLATION is "${wanted}"; it can be ${modes.join(" or ")}, or unset for the best there is`,
  );
};

/** Why this computer cannot have network namespaces of ours, as far as can be seen without trying; undefined if it can. */
export const namespaceObstacle = (): string | undefined => {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "only root can make network namespaces";
  const missing = [
    ["ip", "iproute2"],
    ["nft", "nftables"],
  ].filter(([program = ""]) => !findProgram(program));
  if (missing.length === 0) return undefined;
  const [programs, packages] = [0, 1].map((index) => missing.map((pair) => pair[index]).join(" and "));
  return `${programs} is not installed (on Debian: packages ${packages})`;
};

const tools = (): Tools => ({ ip: findProgram("ip") ?? "ip", nft: findProgram("nft") ?? "nft" });

/** @throws Error if namespaces are asked for and cannot be had */
export const chooseIsolation = async (
  wanted: IsolationMode | undefined,
  options: Omit<NamespaceOptions, "tools">,
): Promise<Isolation> => {
  if (wanted === "process") return processIsolation(options.servers, "asked for");
  const obstacle = namespaceObstacle();
  if (obstacle) return withoutNamespaces(wanted, options, obstacle);
  try {
    return await NamespaceIsolation.open({ ...options, tools: tools() });
  } catch (error) {
    return withoutNamespaces(wanted, options, inShort(error));
  }
};

/** What the tool that failed has to say; its command line says nothing to the person who reads this. */
const inShort = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).replaceAll(/\s*\n\s*/g, " ");
};

const withoutNamespaces = (
  wanted: IsolationMode | undefined,
  { servers }: Omit<NamespaceOptions, "tools">,
  reason: string,
): Isolation => {
  if (wanted !== "namespace") return processIsolation(servers, reason);
  throw new Error(`Machines in network namespaces were asked for, but cannot be had: ${reason}`);
};
