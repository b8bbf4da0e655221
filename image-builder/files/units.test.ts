import { readFile, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataDirectory, runDirectory, secretFiles } from "../../core/machine/machine-contract.ts";
import { ImageRoot, whyNoSystemd } from "../../test/support/image/test-image-root.ts";

/** The worst exposure that systemd may see, of 10; what runs as root on purpose is in the units' comments. */
const worstExposure = {
  "warren-connector.service": 1.3,
  "warren-connector-watchdog.service": 1.7,
  "warren-front.service": 1.3,
  "warren-app.service": 2.2,
  "warren-boot.service": 4.8,
};
const units = Object.keys(worstExposure);

const skipped = whyNoSystemd && ` (skipped: ${whyNoSystemd})`;

describe.skipIf(whyNoSystemd)(`the units${skipped}`, () => {
  let root: ImageRoot;
  beforeAll(async () => {
    root = await ImageRoot.make();
  });
  afterAll(() => root.remove());

  const unit = (name: string): Promise<string> => readFile(root.file(`etc/systemd/system/${name}`), "utf8");

  test.each(units)("%s is understood by systemd", async (name) => {
    const { exitCode, all } = await root.analyze("verify", name);

    expect(all).toBe("");
    expect(exitCode).toBe(0);
  });

  test.each(Object.entries(worstExposure))("%s is exposed no more than %f", async (name, threshold) => {
    const { exitCode, all } = await root.analyze(
      "security",
      "--offline=yes",
      `--threshold=${threshold * 10}`,
      name,
    );

    expect(all).toContain("Overall exposure level");
    expect(exitCode, all.split("\n").at(-1)).toBe(0);
  });

  test("the connector reaches no metadata service, updates nothing by itself, and has no token in its arguments", async () => {
    const connector = await unit("warren-connector.service");

    expect(connector).toContain("IPAddressDeny=169.254.169.254 fd00:ec2::254\n");
    expect(connector).toMatch(
      /^ExecStart=\/usr\/local\/bin\/cloudflared tunnel --no-autoupdate --metrics 127\.0\.0\.1:20241 run --token-file \/run\/warren\/tunnel-token$/m,
    );
    expect(connector).toMatch(/^Restart=always$/m);
    expect(connector).toContain(`User=${secretFiles["tunnel-token"].owner}\n`);
  });

  test("a connector that hangs is killed soon after the 30 s that cloudflared gives requests under way", async () => {
    const connector = await unit("warren-connector.service");

    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(connector)?.[1]);
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(40);
    // What systemd does at the end of that time by itself: SIGKILL, to all of the unit.
    expect(connector).not.toMatch(/^(SendSIGKILL|KillMode|TimeoutStopFailureMode|FinalKillSignal)=/m);
  });

  test("the boot script can mount for the whole machine: its unit has no mount namespace", async () => {
    const boot = await unit("warren-boot.service");

    expect(boot).not.toMatch(/^(Protect|Private|ReadOnly|ReadWrite|Inaccessible|Bind|TemporaryFile)\w*=/m);
  });

  test("only warren-boot starts with the machine", async () => {
    const enabled = await Promise.all(units.map(async (name) => (await unit(name)).includes("[Install]")));

    expect(units.filter((_, index) => enabled[index])).toEqual(["warren-boot.service"]);
  });

  test("places and users are those of the contract", async () => {
    const users = await readFile(root.file("usr/lib/sysusers.d/warren.conf"), "utf8");
    const directories = await readFile(root.file("usr/lib/tmpfiles.d/warren.conf"), "utf8");

    for (const { owner } of Object.values(secretFiles))
      expect(users).toMatch(new RegExp(`^u ${owner} `, "m"));
    for (const place of [runDirectory, dataDirectory]) expect(directories).toContain(`d ${place} `);
    expect(await unit("warren-app.service")).toContain(`AssertPathIsMountPoint=${dataDirectory}\n`);
  });

  test("what units start is on the machine, and can be executed", async () => {
    for (const script of ["opt/warren/boot.sh", "opt/warren/connector-watchdog.sh"]) {
      expect((await stat(root.file(script))).mode & 0o777).toBe(0o755);
    }
  });
});
