// cloudflared's log lines, on standard error as there.

export type Log = (level: "INF" | "ERR" | "WRN", message: string) => void;

export const log: Log = (level, message) => {
  process.stderr.write(`${new Date().toISOString().replace(/\.\d+/, "")} ${level} ${message}\n`);
};
