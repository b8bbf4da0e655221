// A state machine from its file. What the file names is all that its role may use, and a placeholder that is
// missing or not used fails the synthesis: neither would be seen before an execution came that far.
import { RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { Config } from "../config/config.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import { explainWildcards, grant } from "../permissions/permission.ts";
import { readStateMachine } from "./state-machine-file.ts";
import { checkPlaceholders, permissionsOfState, type Target, taskTarget } from "./workflow-targets.ts";

export interface WorkflowProps {
  config: Config;
  /** Of the state machine. */
  name: string;
  file: string;
  tasks: readonly TaskFunction[];
  /** What else the file names, by placeholder. */
  targets: Record<string, Target>;
}

export class Workflow extends Construct {
  readonly name: string;
  readonly stateMachine: StateMachine;

  /** @throws WorkflowDefinitionError */
  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    this.name = props.name;
    const file = readStateMachine(props.file);
    const targets = new Map([...props.tasks.map(taskTarget), ...Object.entries(props.targets)]);
    checkPlaceholders(file, targets);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("states.amazonaws.com") });
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineName: props.name,
      definitionBody: DefinitionBody.fromString(
        file.expanded((placeholder) => targets.get(placeholder)?.callsCloudflare ?? false),
      ),
      definitionSubstitutions: Object.fromEntries([...targets].map(([name, { value }]) => [name, value])),
      comment: file.comment,
      role,
      logs: { level: LogLevel.ALL, includeExecutionData: false, destination: this.logGroup(props) },
      tracingEnabled: props.config.tracing,
    });
    grant(
      this,
      role,
      file.tasks.flatMap((task) => permissionsOfState(task, targets, { path: file.path, name: props.name })),
    );
    explainWildcards(this, ["*"], "Log delivery and X-Ray are set up by actions that know no resources.");
  }

  /** With this prefix a group needs no resource policy of its own, of which an account has only ten. */
  private logGroup({ config, name }: WorkflowProps): LogGroup {
    return new LogGroup(this, "Logs", {
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
