// A repair as the tenant's row knows it. Every write is conditional on the repair that it belongs to, so that neither a
// late task nor a second sweep changes what somebody else has taken over.
import { type Clock, systemClock, timestamp } from "../clock.ts";
import type { TenantFailure } from "../tenant/failure.ts";
import type { Incarnation } from "../tenant/names.ts";
import { type RowChange, rowWriter, settingResources } from "../tenant/row-writer.ts";
import type { Tenant, TenantRepair, TenantResources } from "../tenant/tenant.ts";
import { documentClient, superseded } from "../tenant/tenant-store.ts";
import type { Rung } from "./rungs.ts";
import { wasHealthySince } from "./was-healthy-since.ts";

/** One repair of one incarnation. */
export interface RepairOf extends Incarnation {
  attempt: number;
}

export interface RepairEnd {
  status: "ready" | "degraded";
  /** of repairs in a row, this one included */
  failures: number;
  /** ISO 8601: no repair begins sooner */
  notBefore: string;
  failure?: TenantFailure | undefined;
}

export interface RepairStore {
  /** The row's stream starts the workflow. False, and nothing changed, when the row is not as it was read. */
  begin(
    row: Pick<Tenant, "slug" | "generation" | "status" | "repair" | "health">,
    reason: string,
  ): Promise<boolean>;
  /** For a repair whose execution ended without a word. False, and nothing changed, when somebody was faster. */
  beginAnew(repair: RepairOf): Promise<boolean>;
  /** The rung that is about to be tried, or what it made; throws TenantSupersededError, as all that follow. */
  recordRung(repair: RepairOf, rung: Rung, made?: TenantResources): Promise<void>;
  /** The new machine has taken over: nothing is being replaced any more. */
  finishReplacement(repair: RepairOf, made: TenantResources): Promise<void>;
  /** Without a failure, what the sweeps found before is forgotten: the tenant starts with a clean slate. */
  finish(repair: RepairOf, end: RepairEnd): Promise<void>;
}

/** Whether this very repair is under way. */
export const isUnder = (
  row: Tenant | undefined,
  { generation, attempt }: Pick<RepairOf, "generation" | "attempt">,
): row is Tenant & { repair: TenantRepair } =>
  row?.generation === generation && row.status === "repairing" && row.repair?.attempt === attempt;

export const repairStore = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): RepairStore => {
  const write = rowWriter(table, client);

  /** Only while this very repair is under way. */
  const during = (repair: RepairOf, { names, values, ...change }: Omit<RowChange, "condition">) =>
    write(repair, {
      ...change,
      condition: "#status = :repairing AND repair.attempt = :attempt",
      names: { "#status": "status", ...names },
      values: { ":repairing": "repairing", ":attempt": repair.attempt, ":now": timestamp(clock), ...values },
    });

  const must = async (repair: RepairOf, change: Omit<RowChange, "condition">): Promise<void> => {
    if (!(await during(repair, change))) throw superseded(repair);
  };

  return {
    begin: (row, reason) => {
      const unchanged = row.repair ? "repair.attempt = :seen" : "attribute_not_exists(repair)";
      const repair = { ...row.repair, attempt: (row.repair?.attempt ?? 0) + 1, resumed: 0, reason };
      return write(row, {
        status: { from: row.status, to: "repairing" },
        set: ["updatedAt = :now", "repair = :repair"],
        condition: unchanged,
        values: {
          ":now": timestamp(clock),
          ":repair": { ...repair, failures: failuresBefore(row), startedAt: timestamp(clock) },
          ...(row.repair && { ":seen": row.repair.attempt }),
        },
      });
    },

    beginAnew: (repair) =>
      during(repair, {
        set: ["updatedAt = :now"],
        add: ["repair.attempt :one", "repair.resumed :one"],
        values: { ":one": 1 },
      }),

    recordRung: (repair, rung, made = {}) => {
      const { sets, names, values } = settingResources(made);
      return must(repair, {
        set: ["repair.rung = :rung", "updatedAt = :now", ...sets],
        names,
        values: { ":rung": rung, ...values },
      });
    },

    finishReplacement: (repair, made) => {
      const { sets, names, values } = settingResources(made);
      return must(repair, { set: ["updatedAt = :now", ...sets], remove: ["repair.replaces"], names, values });
    },

    finish: (repair, { status, failures, notBefore, failure }) =>
      must(repair, {
        status: { from: "repairing", to: status },
        set: [
          "updatedAt = :now",
          "repair.failures = :failures",
          "repair.notBefore = :notBefore",
          ...(failure ? ["failure = :failure"] : []),
        ],
        remove: failure ? [] : ["failure", "health"],
        values: {
          ":failures": failures,
          ":notBefore": notBefore,
          ...(failure && { ":failure": failure }),
        },
      }),
  };
};

/** In a row, for what is wrong now: once it was well again, another trouble begins with none. */
export const failuresBefore = ({ repair, health }: Pick<Tenant, "repair" | "health">): number =>
  wasHealthySince(repair, health) ? 0 : (repair?.failures ?? 0);
