// A tenant's life as the company's app drives it: created, followed until it is ready, visited, deleted.
import { setTimeout as pause } from "node:timers/promises";
import { OperatorError } from "../../core/operator-error.ts";
import type { ApiAnswer, ApiClient } from "../stage/api-client.ts";
import { bar } from "./progress.ts";

/** Provisioning takes half a minute in the clouds; what takes ten times as long has failed in a way we do not know. */
const deadlineMs = 300_000;

export class TenantLifeError extends OperatorError {
  override name = "TenantLifeError";
}

type Show = (progress: string) => void;

export const createTenant = async (
  api: ApiClient,
  slug: string,
  show: Show,
): Promise<{ hostname: string }> => {
  expectStatus(await api("POST", "/tenants", { slug }), 202, `create tenant ${slug}`);
  return await follow(api, slug, show, ({ body }) => body.status === "ready");
};

export const deleteTenant = async (api: ApiClient, slug: string, show: Show): Promise<void> => {
  expectStatus(await api("DELETE", `/tenants/${slug}`, { confirm: slug }), 202, `delete tenant ${slug}`);
  await follow(api, slug, show, ({ status }) => status === 404);
};

const follow = async (api: ApiClient, slug: string, show: Show, done: (answer: ApiAnswer) => boolean) => {
  const deadline = Date.now() + deadlineMs;
  let shown = "";
  while (Date.now() < deadline) {
    const answer = await api("GET", `/tenants/${slug}`);
    if (done(answer)) return answer.body;
    if (answer.body.status === "failed")
      throw new TenantLifeError(`Tenant ${slug} failed: ${JSON.stringify(answer.body.failure)}`);
    const progress = progressOf(answer);
    if (progress !== shown) show(progress);
    shown = progress;
    await pause(250);
  }
  throw new TenantLifeError(
    `Tenant ${slug} was not done after ${deadlineMs / 1000} s. What happened is in .warren/local/logs: aws.log has ` +
      "every Lambda's output, by function, machines/ the machines' consoles.",
  );
};

const progressOf = ({ body: { progress, queued } }: ApiAnswer): string => {
  if (queued?.place) return `waits for its turn: place ${queued.place} of ${queued.of}`;
  return progress ? bar(progress) : "";
};

const expectStatus = ({ status, body }: ApiAnswer, expected: number, action: string): void => {
  if (status !== expected)
    throw new TenantLifeError(`Could not ${action}: the API answered ${status} ${JSON.stringify(body)}`);
};
