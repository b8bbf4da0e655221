// Changes to the zone's records, one or many at a time: a batch that fails leaves everything as it was.
import type * as z from "zod";
import type { DnsRecord } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { checkRecord, newRecord, type RecordBody, type recordPatch } from "./dns-rules.ts";
import { recordNotFound } from "./errors.ts";

export type RecordPatch = z.infer<typeof recordPatch>;

export class DnsZone {
  readonly #state: CloudflareState;
  readonly #quota: number;

  constructor(state: CloudflareState, quota: number) {
    this.#state = state;
    this.#quota = quota;
  }

  list = (): DnsRecord[] => [...this.#state.records.values()];

  get(id: string): DnsRecord {
    const record = this.#state.records.get(id);
    if (!record) throw recordNotFound();
    return record;
  }

  create = (body: RecordBody): DnsRecord => this.#store(newRecord(body, this.#state.zone));

  replace(id: string, body: RecordBody): DnsRecord {
    const { createdAt } = this.get(id);
    return this.#store({ ...newRecord(body, this.#state.zone), id, createdAt });
  }

  patch(id: string, patch: RecordPatch): DnsRecord {
    const { type, name, content, ttl, proxied, comment } = this.get(id);
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    return this.replace(id, { type, name, content, ttl, proxied, comment, ...given });
  }

  remove(id: string): DnsRecord {
    const record = this.get(id);
    this.#state.records.delete(id);
    return record;
  }

  /** All of it, or nothing. */
  transaction<T>(change: () => T): T {
    const before = this.list();
    try {
      return change();
    } catch (error) {
      this.#state.records.clear();
      for (const record of before) this.#state.records.set(record.id, record);
      throw error;
    }
  }

  #store(record: DnsRecord): DnsRecord {
    const others = this.list().filter(({ id }) => id !== record.id);
    checkRecord(record, others, this.#quota);
    this.#state.records.set(record.id, record);
    return record;
  }
}
