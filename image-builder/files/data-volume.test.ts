import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LoopDevice, shareMounts, whyNoLoopDevices } from "../../test/support/image/test-loop-device.ts";
import { TestMachine } from "../../test/support/image/test-machine.ts";

let machine: TestMachine;

const onVolume = (name: string): string => machine.file("mounts/data", name);
const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** One Linux partition. */
const masterBootRecord = (): Buffer => {
  const sector = Buffer.alloc(512);
  sector.writeUInt8(0x83, 446 + 4);
  sector.writeUInt32LE(2048, 446 + 8);
  sector.writeUInt32LE(4096, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
};

/** The capabilities that the boot's unit leaves to the tools that it runs. */
const unitCapabilities = (): string => {
  const unit = readFileSync(new URL("units/warren-boot.service", import.meta.url), "utf8");
  const names = /^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
  return ["-all", ...names.map((name) => name.replace("CAP_", "+").toLowerCase())].join(",");
};

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
    expect(await machine.callsOf("systemctl")).not.toContain("systemctl start warren-app");
  });

  test("is left untouched when it is used and not ours", async () => {
    await writeFile(machine.file("volume/ledger"), "42");

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last?.detail).toContain("neither empty nor a data volume of ours");
    expect(await machine.calls()).not.toContain("mkfs.ext4");
  });

  test("is checked before it is mounted if it holds data of ours, and only then", async () => {
    await machine.boot();
    expect(await machine.callsOf("e2fsck")).toEqual([]);
    await execa("rm", [machine.file("mounts/data")]);

    const { exitCode, steps } = await machine.boot();

    const volume = machine.file("volume");
    expect(exitCode).toBe(0);
    expect(await machine.callsOf("e2fsck")).toEqual([`e2fsck -p ${volume}`]);
    expect(steps).toContainEqual(
      expect.objectContaining({ step: "data-volume", detail: `e2fsck (status 0): ${volume}: clean` }),
    );
  });

  test.each([1, 2])("that e2fsck repairs, with status %i, is mounted", async (status) => {
    await writeFile(machine.file("volume/.filesystem"), "ext4 warren-data\n");
    await writeFile(machine.file("volume/.damage"), `${status}\n`);

    const { exitCode, steps } = await machine.boot();

    expect(exitCode).toBe(0);
    const details = steps.map(({ detail }) => detail);
    expect(details).toContain(`e2fsck (status ${status}): ${machine.file("volume")}: damaged`);
    expect((await stat(onVolume("app"))).isDirectory()).toBe(true);
  });

  test.each([4, 8, 12])("that e2fsck does not repair, with status %i, is never mounted", async (status) => {
    await writeFile(machine.file("volume/.filesystem"), "ext4 warren-data\n");
    await writeFile(machine.file("volume/.damage"), `${status}\n`);

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last).toMatchObject({ step: "data-volume", outcome: "failed" });
    expect(last?.detail).toBe(
      `${machine.file("volume")} is not sound, so not mounted: restore it from a snapshot (docs/runbook.md); ` +
        `e2fsck (status ${status}): ${machine.file("volume")}: damaged`,
    );
    expect(await machine.calls()).not.toContain("mount --options");
    expect(await machine.callsOf("systemctl")).not.toContain("systemctl start warren-app");
  });

  test("says no more of what e2fsck found than fits a line of the console", async () => {
    await writeFile(machine.file("volume/.filesystem"), "ext4 warren-data\n");
    await machine.shim("e2fsck", "yes 'Inode 12 has\tillegal blocks.' | head --lines=1000; exit 4");

    const { last } = await machine.boot();

    expect(last?.detail).toContain("(status 4): Inode 12 has illegal blocks. Inode 12");
    expect(last?.detail?.length).toBeLessThan(500);
  });

  test("is found by the name that the device itself tells, where its link is missing", async () => {
    await writeFile(machine.file("nvme1n1"), "");
    machine.environment = { DATA_DEVICE: "/dev/sdz9", NVME_DEVICES: `${machine.file("nvme")}*` };
    await machine.shim("ebsnvme-id", "echo sdz9");

    const { steps } = await machine.boot();

    expect(await machine.callsOf("ebsnvme-id")).toEqual([
      `ebsnvme-id --block-dev ${machine.file("nvme1n1")}`,
    ]);
    expect(steps.map(({ detail }) => detail)).toContain(
      `there is no /dev/sdz9: ${machine.file("nvme1n1")} says that it is that one`,
    );
  });

  test("is waited for where no device tells that name", async () => {
    await writeFile(machine.file("nvme0n1"), "");
    machine.environment = {
      DATA_DEVICE: "/dev/sdz9",
      NVME_DEVICES: `${machine.file("nvme")}*`,
      BOOT_DEADLINE_SECONDS: "1",
    };
    await machine.shim("ebsnvme-id", "echo xvda");

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last?.detail).toContain("there is no /dev/sdz9 yet");
  });

  test("is used as it is when its file system cannot grow, and that is said", async () => {
    await machine.boot();
    await execa("rm", [machine.file("mounts/data")]);
    await machine.shim("blockdev", `echo ${64 * 1024 ** 3}`);
    await machine.shim("resize2fs", "echo 'No space left'; exit 1");

    const { exitCode, steps } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(steps.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^resize2fs \(status 1\): .*clean No space left/),
    );
  });

  describe("with the data of a database", () => {
    const bootWith = async (data: string, image: string) => {
      await machine.boot();
      await writeFile(onVolume("postgres/PG_VERSION"), `${data}\n`);
      await machine.shim("docker", `echo PATH=/bin; echo PG_MAJOR=${image}`);
      return await machine.boot();
    };

    test("of the image's own major version boots", async () => {
      expect((await bootWith("18", "18")).exitCode).toBe(0);
    });

    test.each([
      ["17", "18"],
      ["18", "17"],
    ])("of Postgres %s refuses an image with %s, and says what to do", async (data, image) => {
      const { exitCode, last } = await bootWith(data, image);

      expect(exitCode).toBe(1);
      expect(last).toMatchObject({ step: "data-volume", outcome: "failed" });
      expect(last?.detail).toContain(`the data is of Postgres ${data}, and this image has Postgres ${image}`);
    });
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
      await shareMounts(machine.file("mounts"));
    });
    afterEach(async () => {
      for (const mounted of ["mounts/data", "mounts/elsewhere", "mounts"])
        await execa("umount", [machine.file(mounted)], { reject: false });
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

    test("has its file system grow with it, with no more capabilities than the unit has", async () => {
      machine.confinement = ["setpriv", "--no-new-privs", `--bounding-set=${unitCapabilities()}`];
      await machine.boot();
      await writeFile(onVolume("app/ledger"), "42");
      const size = async () =>
        Number((await execa("findmnt", ["-nbo", "SIZE", machine.file("mounts/data")])).stdout);
      const before = await size();
      await execa("umount", [machine.file("mounts/data")]);
      await device.grow(2);

      const { exitCode } = await machine.boot();

      expect(exitCode).toBe(0);
      expect(await size()).toBeGreaterThan(1.8 * before);
      expect(await readFile(onVolume("app/ledger"), "utf8")).toBe("42");
    });

    test("is formatted, checked and mounted with no more capabilities than the unit has", async () => {
      machine.confinement = ["setpriv", "--no-new-privs", `--bounding-set=${unitCapabilities()}`];
      await machine.boot();
      await execa("umount", [machine.file("mounts/data")]);

      const { exitCode } = await machine.boot();

      expect(exitCode).toBe(0);
      expect(await machine.callsOf("e2fsck")).toHaveLength(1);
    });

    test("is free once it is unmounted, though a namespace of another test began meanwhile", async () => {
      await machine.boot();
      const other = execa("unshare", ["--mount", "--propagation", "slave", "sleep", "20"], { reject: false });
      const namespaceOf = (process: number | string = "none") => readlink(`/proc/${process}/ns/mnt`);
      const here = await namespaceOf("self");
      await vi.waitFor(async () => expect(await namespaceOf(other.pid)).not.toBe(here));
      await execa("umount", [machine.file("mounts/data")]);

      const { exitCode, last } = await machine.boot();

      other.kill("SIGKILL");
      expect({ exitCode, last }).toMatchObject({ exitCode: 0 });
    });

    test("has its journal replayed after a machine that was cut off", async () => {
      await machine.boot();
      await execa("umount", [machine.file("mounts/data")]);
      const place = machine.file("mounts/elsewhere");
      await mkdir(place);
      await device.cutOffAfter(place, () => writeFile(`${place}/app/ledger`, "42"));

      const { exitCode, last, steps } = await machine.boot();

      expect({ exitCode, last }).toMatchObject({ exitCode: 0 });
      expect(steps.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("recovering journal"));
      expect(await readFile(onVolume("app/ledger"), "utf8")).toBe("42");
    });

    test("that is really damaged is not mounted, however often the boot is tried", async () => {
      await machine.boot();
      await execa("umount", [machine.file("mounts/data")]);
      await device.damage();

      const boots = [await machine.boot(), await machine.boot()];

      for (const { exitCode, last } of boots) {
        expect(exitCode).toBe(1);
        expect(last).toMatchObject({ step: "data-volume", outcome: "failed" });
        expect(last?.detail).toMatch(/restore it from a snapshot .* e2fsck \(status 4\): warren-data: /);
      }
      await expect(stat(onVolume("app"))).rejects.toThrow("ENOENT");
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
