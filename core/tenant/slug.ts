// The grammar of slugs: each is a DNS label below the base domain, and a part of every name of its tenant.

/** The names of tunnels, DNS comments and executions have room for the longest. */
export const slugLength = { shortest: 3, longest: 40 };

export const dnsLabel = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** What a slug begins with: fleets are paged by it. */
export const firstCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Marked as an international name by its third and fourth place (RFC 5891), which a slug is not. */
export const looksInternational = (label: string): boolean => label.slice(2, 4) === "--";
