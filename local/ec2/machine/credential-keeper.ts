// Keeps a machine's credentials valid for as long as it runs, and takes its role's copy away at the end.
import { assumeCopy, copyRole, type MachineCredentials, type RoleClients, removeCopy } from "./role-copy.ts";

/** EC2 hands out new credentials at least five minutes before the old ones expire. */
const renewBeforeMs = 10 * 60_000;
const retryMs = 30_000;

export class CredentialKeeper {
  readonly #clients: RoleClients;
  readonly #instanceId: string;
  readonly #roleName: string;
  readonly #renewed: () => void;
  #current: MachineCredentials | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param renewed called whenever `current` has changed after `start` */
  constructor(clients: RoleClients, instanceId: string, roleName: string, renewed: () => void) {
    this.#clients = clients;
    this.#instanceId = instanceId;
    this.#roleName = roleName;
    this.#renewed = renewed;
  }

  get current(): MachineCredentials | undefined {
    return this.#current;
  }

  /** The first credentials; copied from the role as it is now, so a changed policy reaches the machine on renewal. */
  async start(): Promise<void> {
    const roleArn = await copyRole(this.#clients, this.#roleName, this.#instanceId);
    this.#current = await assumeCopy(this.#clients, roleArn, this.#instanceId);
    this.#renewIn(Math.max(retryMs, this.#current.expiration.getTime() - Date.now() - renewBeforeMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }

  async remove(): Promise<void> {
    this.stop();
    await removeCopy(this.#clients, this.#instanceId);
  }

  #renewIn(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#renew(), delayMs);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    try {
      await this.start();
      this.#renewed();
    } catch {
      // The credentials at hand still hold for a while: MiniStack may be back by then.
      this.#renewIn(retryMs);
    }
  }
}
