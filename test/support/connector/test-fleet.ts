// Connectors of one test file: started on a local Cloudflare of their own, and all killed at its end.
import { vi } from "vitest";
import type { CloudflareOptions } from "../../../local/cloudflare/cloudflare.ts";
import {
  publish,
  startTestCloudflare,
  type TestCloudflare,
  type TestTunnel,
} from "../cloudflare/test-cloudflare.ts";
import { type Answer, type Visit, visit } from "../cloudflare/test-visitor.ts";
import { type ConnectorProgram, OURS, type RunningConnector, startConnector } from "./test-connector.ts";
import { startOrigin, type TestOrigin } from "./test-origin.ts";

export const PATIENCE = { timeout: 10_000, interval: 20 };

export interface Connected {
  tunnel: TestTunnel;
  connector: RunningConnector;
}

export class TestFleet {
  readonly cloudflare: TestCloudflare;
  readonly origin: TestOrigin;
  readonly #program: ConnectorProgram;
  readonly #started: RunningConnector[] = [];

  private constructor(cloudflare: TestCloudflare, origin: TestOrigin, program: ConnectorProgram) {
    this.cloudflare = cloudflare;
    this.origin = origin;
    this.#program = program;
  }

  /** The origin answers with the name "app". */
  static async start(
    program: ConnectorProgram = OURS,
    options: Partial<CloudflareOptions> = {},
  ): Promise<TestFleet> {
    return new TestFleet(await startTestCloudflare(options), await startOrigin("app"), program);
  }

  get tunnels(): TestCloudflare["client"]["zeroTrust"]["tunnels"]["cloudflared"] {
    return this.cloudflare.client.zeroTrust.tunnels.cloudflared;
  }

  publish = (label: string, service = this.origin.url): Promise<TestTunnel> =>
    publish(this.cloudflare, label, service);

  async run(token: string, flags: readonly string[] = [], at = this.cloudflare): Promise<RunningConnector> {
    const connector = await startConnector(at, this.#program, token, flags);
    this.#started.push(connector);
    return connector;
  }

  /** A tunnel whose connector has its configuration. */
  async connect(label: string): Promise<Connected> {
    const tunnel = await this.publish(label);
    const connector = await this.run(tunnel.token);
    await this.configured(tunnel.id, [1]);
    return { tunnel, connector };
  }

  async connections(tunnelId: string) {
    const { connections } = await this.cloudflare.admin.state();
    return connections.filter((connection) => connection.tunnelId === tunnelId);
  }

  /** Until the tunnel's connections are as many, and have applied these versions. */
  configured(tunnelId: string, versions: readonly number[]): Promise<void> {
    return vi.waitFor(async () => {
      const applied = (await this.connections(tunnelId)).map(({ configVersion }) => configVersion);
      if (applied.join() === versions.join()) return;
      throw new Error(`tunnel ${tunnelId} has connections with the versions [${applied}], not [${versions}]`);
    }, PATIENCE);
  }

  visit = (hostname: string, path: string, how?: Visit): Promise<Answer> =>
    visit(this.cloudflare.edgeUrl, hostname, path, how);

  async close(): Promise<void> {
    await Promise.all(this.#started.map((connector) => connector.stop("SIGKILL")));
    await this.origin.close();
    await this.cloudflare.close();
  }
}
