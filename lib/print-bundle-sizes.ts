// Prints what each Lambda weighs: `node lib/print-bundle-sizes.ts`.
import { withBundles } from "./bundle.ts";

const started = performance.now();
const sizes = await withBundles(({ bytes }) => [...bytes]);
const seconds = ((performance.now() - started) / 1000).toFixed(1);

const line = (name: string, bytes: number) =>
  `${name.padEnd(22)}${(bytes / 1024).toFixed(0).padStart(6)} KiB\n`;
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
process.stdout.write(sizes.map(([name, bytes]) => line(name, bytes)).join(""));
process.stdout.write(`${line("all", total)}bundled in ${seconds} s\n`);
