// Parameter Store in memory, held to the same contract as the real one (parameters.test.ts).
import type { Parameters } from "../../../core/aws/parameters.ts";
import { AwsRejectedError } from "../../../core/errors.ts";

interface Stored {
  value: string;
  tags: Record<string, string>;
}

export interface MemoryParameters extends Parameters {
  stored: Map<string, Stored>;
}

export const memoryParameters = (values: Record<string, string> = {}): MemoryParameters => {
  const stored = new Map(
    Object.entries(values).map(([name, value]) => [name, { value, tags: {} } as Stored]),
  );
  const existing = (name: string): Stored => {
    const parameter = stored.get(name);
    if (!parameter) throw new AwsRejectedError(`The parameter ${name} does not exist.`);
    return parameter;
  };
  return {
    stored,
    find: async (name) => stored.get(name)?.value,
    tagsOf: async (name) => stored.get(name)?.tags ?? {},
    read: async (name) => existing(name).value,
    create: async (name, value, { tags }) => {
      if (!stored.has(name)) stored.set(name, { value, tags });
    },
    put: async (name, value, { tags }) => {
      stored.set(name, { value, tags: stored.get(name)?.tags ?? tags });
    },
    exists: async (name) => stored.has(name),
    tag: async (name, tags) => {
      const { value, tags: before } = existing(name);
      stored.set(name, { value, tags: { ...before, ...tags } });
    },
    delete: async (name) => {
      stored.delete(name);
    },
  };
};
