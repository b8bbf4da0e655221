import fc from "fast-check";
import { expect, test } from "vitest";
import { endToEnd, packHeaders, toRecord, unpackHeaders } from "./headers.ts";

test("packed headers are unpadded base64 pairs, as cloudflared writes them", () => {
  const packed = packHeaders([
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ]);

  expect(packed).toBe("U2V0LUNvb2tpZQ:YT0x;U2V0LUNvb2tpZQ:Yj0y");
});

test("any headers survive packing, in their order", () => {
  const latin1 = fc.array(fc.nat(255), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes));

  fc.assert(
    fc.property(fc.array(fc.tuple(fc.stringMatching(/^[\w-]+$/), latin1)), (headers) => {
      expect(unpackHeaders(packHeaders(headers))).toEqual(headers);
    }),
  );
});

test("headers of one hop stay there, those that Connection names included", () => {
  const kept = endToEnd([
    ["Connection", "keep-alive, X-Hop"],
    ["Keep-Alive", "5"],
    ["Transfer-Encoding", "chunked"],
    ["x-hop", "1"],
    ["X-Kept", "2"],
  ]);

  expect(kept).toEqual([["X-Kept", "2"]]);
});

test("a header named like a property of objects is a header", () => {
  expect(Object.keys(toRecord([["__proto__", "x"]]))).toEqual(["__proto__"]);
});
