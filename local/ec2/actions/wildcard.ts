// The wildcards of EC2's filters: * for any characters, ? for one.

const literal = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, "\\$&");

/** Matches the whole text. @param flags such as `i` where case does not count */
export const wildcard = (pattern: string, flags = ""): RegExp =>
  new RegExp(`^${literal(pattern).replaceAll("*", ".*").replaceAll("?", ".")}$`, `s${flags}`);
