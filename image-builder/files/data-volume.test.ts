import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LoopDevice, whyNoLoopDevices } from "./test-loop-device.ts";
import { TestMachine } from "./test-machine.ts";

let machine: TestMachine;

const onVolume = (name: string): string => machine.file("mounts/data", name);
const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** One Linux partition. */
function masterBootRecord(): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt8(0x83, 446 + 4);
  sector.writeUInt32LE(2048, 446 + 8);
  sector.writeUInt32LE(4096, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

describe("a volume that is a directory", () => {
  beforeEach(async () => {
    machine = await TestMachine.make();
  });
  afterEach(() => machine.close());

  test("is formatted when empty, and given to the application", async () => {
    const { exitCode } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(await readFile(machine.file("volume/.filesystem"), "utf8")).toBe("ext4 warren-data\n");
    expect((await stat(onVolume("app"))).mode & 0o777).toBe(0o700);
  });

  test("is waited for until it is attached", async () => {
    machine.environment = { DATA_DEVICE: machine.file("sdf") };
    await machine.shim("sleep", `ln -sfn "${machine.file("volume")}" "${machine.file("sdf")}"`);

    const { exitCode, steps } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(steps.find(({ outcome }) => outcome === "waiting")).toMatchObject({
      step: "data-volume",
      detail: `there is no ${machine.file("sdf")} yet`,
    });
  });

  test("that never comes ends the boot: the application does not start without it", async () => {
    machine.environment = { DATA_DEVICE: machine.file("sdf"), BOOT_DEADLINE_SECONDS: "1" };

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last).toMatchObject({ step: "data-volume", outcome: "failed" });
    expect(await machine.callsOf("systemctl")).toEqual(["systemctl start warren-connector"]);
  });

  test("is left untouched when it is used and not ours", async () => {
    await writeFile(machine.file("volume/ledger"), "42");

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last?.detail).toContain("neither empty nor a data volume of ours");
    expect(await machine.calls()).not.toContain("mkfs.ext4");
  });

  test.each(["blkid", "wipefs"])("is not formatted when %s cannot tell whether it is empty", async (tool) => {
    await machine.shim(tool, "exit 1");

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last).toMatchObject({ step: "data-volume", outcome: "failed" });
    expect(await machine.callsOf("mkfs.ext4")).toEqual([]);
  });
});

describe.skipIf(whyNoLoopDevices)(
  `a block device${whyNoLoopDevices && ` (skipped: ${whyNoLoopDevices})`}`,
  () => {
    let device: LoopDevice;

    beforeEach(async () => {
      machine = await TestMachine.make("block devices");
      device = await LoopDevice.make(machine.file("disk"));
      machine.environment = { DATA_DEVICE: device.path, APP_USER: "970" };
    });
    afterEach(async () => {
      await execa("umount", [machine.file("mounts/data")], { reject: false });
      await device.detach();
      await machine.close();
    });

    test("is formatted when empty, mounted, and given to the application", async () => {
      const { exitCode } = await machine.boot();

      expect(exitCode).toBe(0);
      expect(await device.content()).toMatchObject({ TYPE: "ext4", LABEL: "warren-data" });
      const { stdout } = await execa("findmnt", ["-n", "-o", "OPTIONS", machine.file("mounts/data")]);
      expect(stdout.split(",")).toEqual(expect.arrayContaining(["nosuid", "nodev", "noexec", "noatime"]));
      for (const part of ["app", "postgres", "redis"]) {
        const { mode, uid } = await stat(onVolume(part));
        expect([mode & 0o777, uid]).toEqual([0o700, 970]);
      }
    });

    test("keeps its data over the next machine's boot", async () => {
      await machine.boot();
      await writeFile(onVolume("app/ledger"), "42");
      await execa("umount", [machine.file("mounts/data")]);

      const { exitCode } = await machine.boot();

      expect(exitCode).toBe(0);
      expect(await readFile(onVolume("app/ledger"), "utf8")).toBe("42");
      expect(await machine.callsOf("mkfs.ext4")).toHaveLength(1);
    });

    test("with another tenant's data is not mounted", async () => {
      await machine.boot();
      await writeFile(onVolume(".tenant"), "staging/other\n");
      await execa("umount", [machine.file("mounts/data")]);

      const { exitCode, last } = await machine.boot();

      expect(exitCode).toBe(1);
      expect(last?.detail).toContain("another tenant");
      await expect(stat(onVolume(".tenant"))).rejects.toThrow("ENOENT");
      const appStarts = (await machine.callsOf("systemctl")).filter((call) => call.endsWith("warren-app"));
      expect(appStarts).toHaveLength(1);
    });

    test.each([
      ["another file system", () => execa("mkfs.ext4", ["-q", "-L", "other", device.path])],
      ["swap space", () => execa("mkswap", [device.path])],
      ["a partition table", () => writeFile(device.path, masterBootRecord())],
    ])("is left untouched when it holds %s", async (_, fill) => {
      await fill();
      const before = sha256(device.path);

      const { exitCode, last } = await machine.boot();

      expect(exitCode).toBe(1);
      expect(last?.detail).toContain("neither empty nor a data volume of ours");
      expect(sha256(device.path)).toBe(before);
    });
  },
);
