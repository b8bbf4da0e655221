// EC2 answers in XML: a response element with the request's id, or its error envelope.
import { XMLBuilder } from "fast-xml-parser";
import type { Ec2Error } from "./errors.ts";

/** What an action answers: element names to values; undefined leaves an element out. */
export type Answer = { [element: string]: AnswerValue };
type AnswerValue = string | number | boolean | Date | undefined | Answer | Answer[];

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: true,
});

/** EC2 wraps every member of a list in `<item>`. */
export const items = (members: Answer[]): Answer => ({ item: members });

const plain = (value: AnswerValue): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plain(member)]),
  );
};

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const answerXml = (action: string, requestId: string, answer: Answer): string =>
  declaration +
  builder.build({
    [`${action}Response`]: {
      "@xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
      requestId,
      ...(plain(answer) as object),
    },
  });

export const errorXml = ({ code, message }: Ec2Error, requestId: string): string =>
  declaration +
  builder.build({
    Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId },
  });
