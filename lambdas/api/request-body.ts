// Reads a request's JSON body and holds it against a schema, so that a route sees only what it allows; from the event's
// bytes, for the event handler's own reading mends what is not UTF-8 (docs/adr/0018-schemas-of-our-own.md).
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod";
import { badRequest, type Complaint, invalid, Problem } from "./problem.ts";
import { validated } from "./validated.ts";

const KIB = 1024;
/** in bytes, once decoded */
const LARGEST = 64 * KIB;

/** No body at all reads as an empty object: its missing fields are then named. */
export const parseBody = <Schema extends z.ZodType>(
  event: APIGatewayProxyEventV2,
  schema: Schema,
): z.output<Schema> => validated(schema, readJson(event), refusal);

const refusal = {
  problem: (complaints: Complaint[]) =>
    invalid("The body does not have the form that this route takes.", complaints),
  /** a JSON pointer */
  name: (path: readonly PropertyKey[]) => path.map((part) => `/${String(part)}`).join(""),
  unknown: "no such field",
};

const readJson = (event: APIGatewayProxyEventV2): unknown => {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > LARGEST) throw tooLarge(bytes.length);
  if (bytes.length === 0) return {};
  checkMediaType(event.headers["content-type"]);
  const text = textOf(bytes);
  const depth = depthOf(text);
  if (depth > DEEPEST)
    throw badRequest("The body is nested too deeply.", [
      { path: "", found: `${depth} levels`, allowed: `at most ${DEEPEST} levels` },
    ]);
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
};

const textOf = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notJson();
  }
};

const notJson = (): Problem =>
  badRequest("The body is not JSON.", [{ path: "", allowed: "a JSON object, in UTF-8" }]);

/** No field of ours is nested as deep, and what walks a value has only so much stack. */
const DEEPEST = 20;

/** Of objects and arrays in each other, strings aside. */
const depthOf = (text: string): number => {
  let [depth, deepest] = [0, 0];
  for (const [bracket] of text.replace(/"(?:\\.|[^"\\])*"/g, "").matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
};

const tooLarge = (size: number): Problem =>
  new Problem({
    status: 413,
    type: "body-too-large",
    title: "The body is too large",
    detail: "Send a smaller body.",
    errors: [{ path: "", found: `${size} bytes`, allowed: `at most ${LARGEST} bytes` }],
  });

const checkMediaType = (found: string | undefined): void => {
  if (found === undefined || /^application\/([\w.-]+\+)?json\b/i.test(found)) return;
  throw new Problem({
    status: 415,
    type: "unsupported-media-type",
    title: "The body is not declared as JSON",
    detail: "Send the header `content-type: application/json` (curl: -H 'content-type: application/json').",
    errors: [{ path: "content-type", found, allowed: "application/json" }],
  });
};
