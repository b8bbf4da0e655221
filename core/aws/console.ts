// What a machine wrote to its console, which EC2 keeps for a while after the machine has gone.
import { type EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import { ec2Client } from "./ec2.ts";

export interface Console {
  /** The last 64 KB; empty when EC2 has nothing, or knows no such machine. */
  read(instanceId: string): Promise<string>;
}

export const machineConsole = (client: EC2Client = ec2Client()): Console => ({
  read: async (instanceId) => {
    // Latest: as it is now, not as it was after the boot; of every instance on Nitro.
    const command = new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true });
    const { Output = "" } = await client.send(command).catch((error: Error) => {
      if (error.name === "InvalidInstanceID.NotFound") return { Output: "" };
      throw error;
    });
    return Buffer.from(Output, "base64").toString("utf8");
  },
});
