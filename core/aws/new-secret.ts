import { randomBytes } from "node:crypto";

/** 43 characters that need no escaping in a file, a header or a connection string. */
export const newSecret = (): string => randomBytes(32).toString("base64url");
