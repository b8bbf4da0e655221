// The filters of the record listing, in Cloudflare's spelling: `name`, `name.exact`, `comment.contains`, …
import type { DnsRecord } from "../state/model.ts";

type Query = Record<string, string | undefined>;
type Test = (value: string, wanted: string) => boolean;

const TESTS: Record<string, Test> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** Every filter of the query on this field; comparisons ignore case, as Cloudflare's do. */
const fieldFilters = (
  query: Query,
  field: "name" | "content" | "comment",
): ((record: DnsRecord) => boolean)[] => {
  return Object.entries(query).flatMap(([key, wanted]) => {
    const [named, operator = "exact"] = key.split(".");
    if (named !== field || wanted === undefined) return [];
    if (operator === "absent") return [(record: DnsRecord) => (record[field] ?? "") === ""];
    if (operator === "present") return [(record: DnsRecord) => (record[field] ?? "") !== ""];
    const test = TESTS[operator];
    if (!test) return [];
    return [(record: DnsRecord) => test((record[field] ?? "").toLowerCase(), wanted.toLowerCase())];
  });
};

export const filterRecords = (records: readonly DnsRecord[], query: Query): DnsRecord[] => {
  const filters = [
    ...fieldFilters(query, "name"),
    ...fieldFilters(query, "content"),
    ...fieldFilters(query, "comment"),
  ];
  if (query.type !== undefined) filters.push(({ type }) => type === query.type);
  if (query.proxied !== undefined) filters.push(({ proxied }) => String(proxied) === query.proxied);
  const matches = query.match === "any" && filters.length > 0 ? "some" : "every";
  return records.filter((record) => filters[matches]((filter) => filter(record)));
};
