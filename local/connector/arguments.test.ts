import { expect, test } from "vitest";
import { parseArguments, UsageError } from "./arguments.ts";

const LINE = ["tunnel", "--edge", "127.0.0.1:7844", "--cacert", "ca.pem"];

test("the command line of a machine's unit is understood, wherever its flags stand", () => {
  const parsed = parseArguments([
    ...LINE,
    ...["--protocol", "http2", "--ha-connections", "1", "--metrics", "127.0.0.1:20241", "--no-autoupdate"],
    ...["--no-prechecks", "--management-diagnostics=false", "--grace-period", "2s"],
    ...["--origin", "http://127.0.0.1:9000", "run", "--token-file", "token"],
  ]);

  expect(parsed).toEqual({
    edges: ["127.0.0.1:7844"],
    caFile: "ca.pem",
    connections: 1,
    metrics: "127.0.0.1:20241",
    tokenFile: "token",
    gracePeriodMs: 2000,
    origin: "http://127.0.0.1:9000",
  });
});

test("what is not given is as in cloudflared", () => {
  const parsed = parseArguments([...LINE, "--edge", "127.0.0.2:7844", "run", "--token-file", "token"]);

  expect(parsed).toMatchObject({
    edges: ["127.0.0.1:7844", "127.0.0.2:7844"],
    connections: 4,
    gracePeriodMs: 30_000,
    origin: undefined,
  });
});

test.each([
  [[], 'got the command "", but only "tunnel run" exists'],
  [["tunnel", "list"], 'got the command "tunnel list"'],
  [
    ["tunnel", "run", "--token-file", "t", "--cacert", "c"],
    "--edge is missing: this connector reaches a local edge only",
  ],
  [["tunnel", "run", "--token-file", "t", "--edge", "e:1"], "--cacert is missing"],
  [[...LINE, "run"], "--token-file is missing"],
  [
    [...LINE, "run", "--token-file", "t", "--protocol", "quic"],
    "--protocol is quic; this connector speaks http2 only",
  ],
  [
    [...LINE, "run", "--token-file", "t", "--ha-connections", "0"],
    '--ha-connections is "0"; it must be a whole number',
  ],
  [
    [...LINE, "run", "--token-file", "t", "--grace-period", "2"],
    '--grace-period is "2"; give a number with ms, s or m',
  ],
  [[...LINE, "run", "--token-file", "t", "--edgee", "x"], "Unknown option '--edgee'"],
])("%j is refused: %s", (args, message) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(message);
});
