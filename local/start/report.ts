// What a newcomer reads once everything runs: where things are, and commands to try.
import { relative } from "node:path";
import { styleText } from "node:util";
import type { LocalStage } from "../stage/stage.ts";

const heading = (text: string) => styleText("bold", text);

/** @param curlOptions the file that signs */
export const report = (stage: LocalStage, slug: string, hostname: string, curlOptions: string): string => {
  const { endpoints, aws } = stage;
  const api = stage.apiUrl;
  const edge = new URL(endpoints.EDGE_URL);
  const places = {
    API: api,
    Tenant: `http://${hostname}:${edge.port}`,
    "Edge (visitors)": endpoints.EDGE_URL,
    "Cloudflare API": endpoints.CLOUDFLARE_BASE_URL,
    "AWS (MiniStack)": aws.endpoint,
    "EC2 (machines)": endpoints.AWS_ENDPOINT_URL_EC2,
    "Machines are": stage.machines,
    "Log files": relative(process.cwd(), stage.logDirectory),
  };
  const width = Math.max(...Object.keys(places).map((name) => name.length));
  const lines = Object.entries(places).map(([name, place]) => `  ${name.padEnd(width)}  ${place}`);
  return [
    "",
    heading("Where things are"),
    ...lines,
    "",
    heading("Try"),
    ...commands(api, `http://${hostname}:${edge.port}`, slug, curlOptions),
  ].join("\n");
};

/** curl takes every name below `.localhost` for this computer. */
const commands = (api: string, tenant: string, slug: string, curlOptions: string): string[] => {
  const signed = `curl -sS -K ${curlOptions}`;
  return [
    `  curl -sS ${tenant}/identity`,
    `  ${signed} '${api}/tenants/${slug}'`,
    `  ${signed} -d '{"slug":"globex"}' '${api}/tenants'`,
    `  ${signed} -X DELETE -d '{"confirm":"${slug}"}' '${api}/tenants/${slug}'`,
  ];
};
