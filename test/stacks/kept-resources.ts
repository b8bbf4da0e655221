// What a synthesised stage would do to the resources that stand in accounts, by CloudFormation's own specification.
import { fullDiff, type ResourceDifference, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import { stringify } from "yaml";
import { isKept, lossOf, type StackResource } from "./kept-kinds.ts";

interface KeptStack {
  Resources: Record<string, StackResource>;
  Outputs: string[];
}
export type KeptStacks = Record<string, KeptStack>;

interface StackTemplate {
  Resources: Record<string, StackResource>;
  Outputs?: Record<string, object>;
}
/** By the stack's name. */
export type StackTemplates = Record<string, StackTemplate>;

const RECORD = "test/stacks/kept-resources.yaml";

/** Changes of these leave the resource where it is: the document has `UpdateMethod: NewVersion`. */
const updatedInPlace = ["AWS::SSM::Document.Content"];

/** What would be lost or break, and what to do instead; empty where everything stays. */
export const lossesIn = (kept: KeptStacks, templates: StackTemplates): string[] => [
  ...Object.entries(kept).flatMap(([stack, record]) => lossesOfStack(stack, record, templates[stack])),
  ...Object.entries(templates).flatMap(([stack, template]) => unrecorded(stack, kept[stack], template)),
];

const lossesOfStack = (stack: string, record: KeptStack, template?: StackTemplate): string[] => {
  if (!template) return [`${stack} is no stack any more: all it holds would stay behind. Keep its name.`];
  const losses: string[] = [];
  const { resources } = fullDiff({ Resources: record.Resources }, template);
  resources.forEachDifference((id, change) => {
    if (!record.Resources[id]) return;
    const name = `${stack}/${id} (${change.oldResourceType})`;
    losses.push(...lossesOfResource(id, change).map((loss) => `${name} ${loss}`));
  });
  const outputs = record.Outputs.filter((output) => !template.Outputs?.[output]);
  return [...losses, ...outputs.map((output) => lostOutput(stack, output))];
};

const lossesOfResource = (id: string, change: ResourceDifference): string[] => {
  const loss = lossOf(change.oldResourceType ?? "");
  if (change.isRemoval)
    return [
      `is gone, or has another logical id or stack: ${loss}. Keep the construct's stack and path, or give it this ` +
        `id: (construct.node.defaultChild as CfnResource).overrideLogicalId("${id}").`,
    ];
  if (change.resourceTypeChanged) return [`would be a ${change.newResourceType}: ${loss}. Keep the type.`];
  return [...replacements(change, loss), ...lostProtection(change)];
};

const replacements = (change: ResourceDifference, loss: string): string[] => {
  return Object.entries(change.propertyUpdates)
    .filter(([name, update]) => update.oldValue !== undefined || causesReplacement(change, name))
    .map(
      ([name, { oldValue, newValue }]) =>
        `would be replaced, because ${name} was ${shown(oldValue)} and would be ${shown(newValue)}: ${loss}. Keep ` +
        "the value; if it has to change, add a second resource, move what the first holds, then remove the first.",
    );
};

const causesReplacement = (
  { newResourceType, propertyUpdates }: ResourceDifference,
  name: string,
): boolean => {
  if (updatedInPlace.includes(`${newResourceType}.${name}`)) return false;
  const impact = propertyUpdates[name]?.changeImpact;
  return impact === ResourceImpact.WILL_REPLACE || impact === ResourceImpact.MAY_REPLACE;
};

const lostProtection = ({ otherChanges: { DeletionPolicy } }: ResourceDifference): string[] => {
  if (!DeletionPolicy?.oldValue) return [];
  const { oldValue, newValue } = DeletionPolicy;
  return [
    `had DeletionPolicy ${oldValue} and would have ${newValue ?? "none"}: it would go with its stack. Keep the policy.`,
  ];
};

const shown = (value: unknown): string => JSON.stringify(value) ?? "not set";

const lostOutput = (stack: string, output: string): string =>
  output.startsWith("ExportsOutput")
    ? `${stack} no longer exports ${output}: the deploy fails while another stack imports it. Export it once more by ` +
      "this.exportValue(…), until every stage is deployed without the import; then remove it here."
    : `${stack} no longer has the output ${output}, which documents or commands read. Keep its name.`;

const unrecorded = (stack: string, record: KeptStack | undefined, template: StackTemplate): string[] => {
  return Object.entries(template.Resources)
    .filter(([id, resource]) => isKept(resource) && !record?.Resources[id])
    .map(([id, resource]) => {
      const line = stringify({ [id]: facts(resource) }, { collectionStyle: "flow", lineWidth: 0 }).trim();
      return `${stack}/${id} is new and must keep its name from now on. Add to ${RECORD}: ${line.slice(1, -1).trim()}`;
    });
};

/** What the record holds of a resource: all that CloudFormation would replace it for. */
const facts = ({ Type, Properties = {}, DeletionPolicy }: StackResource): StackResource => {
  const { resources } = fullDiff(
    { Resources: { it: { Type } } },
    { Resources: { it: { Type, Properties } } },
  );
  const change = resources.changes.it;
  const replacing = Object.entries(Properties).filter(([name]) => change && causesReplacement(change, name));
  return {
    Type,
    ...(DeletionPolicy === "Retain" && { DeletionPolicy }),
    ...(replacing.length > 0 && { Properties: Object.fromEntries(replacing) }),
  };
};
