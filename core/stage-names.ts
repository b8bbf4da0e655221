// What a stage's own resources are called: two stages may share an account.

export const stageName = (stage: string, name: string): string => `warren-${stage}-${name}`;

export const stackName = (stage: string, stack: string): string => `Warren-${stage}-${stack}`;
