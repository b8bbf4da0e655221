// What a newcomer reads once everything runs: where things are, and commands to try.
import { relative } from "node:path";
import { styleText } from "node:util";
import type { LocalStage } from "../stage/stage.ts";

const heading = (text: string) => styleText("bold", text);

export const report = (stage: LocalStage, slug: string, hostname: string): string => {
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
    ...commands(stage, api, edge, slug, hostname),
  ].join("\n");
};

const commands = ({ aws }: LocalStage, api: string, edge: URL, slug: string, hostname: string): string[] => {
  const { accessKeyId, secretAccessKey } = aws.credentials;
  const signed = `curl -sS --aws-sigv4 aws:amz:${aws.region}:execute-api --user ${accessKeyId}:${secretAccessKey} -H 'content-type: application/json'`;
  const visit = `curl -sS --resolve ${hostname}:${edge.port}:${edge.hostname} http://${hostname}:${edge.port}`;
  return [
    `  ${visit}/identity`,
    `  ${signed} '${api}/tenants/${slug}'`,
    `  ${signed} -d '{"slug":"globex"}' '${api}/tenants'`,
    `  ${signed} -X DELETE -d '{"confirm":"${slug}"}' '${api}/tenants/${slug}'`,
  ];
};
