// The one command that the stage's tasks may run on a tenant's machine: restart the connector or the application.
import { CfnDocument } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { programDirectory, restartableUnits } from "../../core/machine/machine-contract.ts";
import type { Config } from "../config/config.ts";
import { restartDocumentName } from "../deployment.ts";

const content = {
  schemaVersion: "2.2",
  description: "Restarts one of the units that serve a tenant.",
  parameters: {
    unit: {
      type: "String",
      description: "The unit's name, without .service.",
      allowedValues: restartableUnits,
    },
  },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "restart",
      // In seconds, as text: so it is in AWS's own documents.
      inputs: {
        timeoutSeconds: "90",
        runCommand: [`PATH="$PATH:${programDirectory}" restart-unit.sh {{ unit }}`],
      },
    },
  ],
};

export class RestartDocument extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { config }: { config: Config }) {
    super(scope, id);
    this.name = restartDocumentName(config);
    new CfnDocument(this, "Document", {
      name: this.name,
      documentType: "Command",
      documentFormat: "JSON",
      // By its type a document is about machines of any kind; this one is about EC2's.
      targetType: "/AWS::EC2::Instance",
      content,
      // Its fixed name allows no replacement.
      updateMethod: "NewVersion",
    });
  }
}
