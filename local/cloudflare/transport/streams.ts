// Ends and breaks of HTTP/2 streams: node:http2 says "end" for a stream that was cut off too, and its close()
// sends an orderly end before the reset, so that half a body would pass for a whole one.
import type { Http2Stream } from "node:http2";
import type { Writable } from "node:stream";

/** Like pipe, but a stream that was cut off cuts `to` off. */
export const pipeWhole = (stream: Http2Stream, to: Writable): void => {
  stream.pipe(to, { end: false });
  stream.on("end", () => {
    if (stream.destroyed || stream.rstCode) to.destroy();
    else to.end();
  });
};

/** Resets the stream, so that the peer sees a break and not an end. The stream emits the error. */
export const cutOff = (stream: Http2Stream, why: string): void => {
  if (!stream.destroyed) stream.destroy(new Error(why));
};
