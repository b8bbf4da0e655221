// Where this computer would send a packet, asked of the kernel: a test that tried it would send one to a stranger.
import { execa } from "execa";

/** The interface, or undefined where there is no route. */
export const hostRoute = async (address: string): Promise<string | undefined> => {
  const { stdout } = await execa("ip", ["-json", "route", "get", address], { reject: false });
  return stdout.startsWith("[") ? JSON.parse(stdout)[0]?.dev : undefined;
};

/** An address that nobody has (RFC 5737), so it takes the way of all that this computer does not know. */
export const nobodysAddress = "203.0.113.1";
