// A visitor's request: to the edge, for a hostname that need not resolve on this machine.
import { get } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  body: string;
}

export const visit = (edgeUrl: string, host: string, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get(new URL(path, edgeUrl), { headers: { host } }, async (answer) => {
      resolve({ status: answer.statusCode ?? 0, body: await text(answer) });
    }).on("error", reject);
  });
