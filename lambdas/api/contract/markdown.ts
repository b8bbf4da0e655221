// The API's description as a page for people, made of the OpenAPI document alone.
import type { document } from "./document.ts";

type Document = ReturnType<typeof document>;

interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  enum?: unknown[];
  pattern?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Operation {
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema; description?: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

export const markdownOf = ({ info, paths = {}, components = {} }: Document): string => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) =>
      operationOf(`${method.toUpperCase()} ${path}`, operation),
    ),
  );
  const schemas = Object.entries((components.schemas ?? {}) as Record<string, Schema>);
  const pages = [
    `# The API\n\n${info.description}\n\nVersion ${info.version}. Programs read the same at \`GET /openapi.json\`. Made by ` +
      "`npx vitest run lambdas/api/contract -u`.",
    ...operations,
    ...schemas.flatMap(([name, schema]) => schemaOf(name, schema)),
  ];
  return `${pages.join("\n\n")}\n`;
};

const operationOf = (title: string, { summary, description, ...operation }: Operation): string => {
  const body = Object.values(operation.requestBody?.content ?? {})[0];
  const parameters = (operation.parameters ?? []).map((parameter) =>
    row(`\`${parameter.name}\``, parameter.in, typeOf(parameter.schema), parameter.description ?? ""),
  );
  const answers = Object.entries(operation.responses).map(([status, answer]) => {
    const schema = Object.values(answer.content ?? {})[0]?.schema;
    return row(status, answer.description, schema ? typeOf(schema) : "");
  });
  return [
    `## ${title}\n\n${summary}. ${description}`,
    ...(parameters.length > 0 ? [table(["parameter", "in", "is", ""], parameters)] : []),
    ...(body ? [`Body: ${typeOf(body.schema)}, as JSON.`] : []),
    table(["answer", "means", "body"], answers),
  ].join("\n\n");
};

const schemaOf = (name: string, schema: Schema): string[] => {
  const { properties, required = [], ...described } = schema;
  if (!properties) return [];
  const rows = Object.entries(properties).map(([field, value]) =>
    row(
      `\`${field}\`${required.includes(field) ? "" : " (optional)"}`,
      typeOf(value),
      value.description ?? "",
    ),
  );
  const title = `## ${name}${described.description ? `\n\n${described.description}` : ""}`;
  const nested = Object.entries(properties).flatMap(([field, value]) =>
    schemaOf(`${name}.${field}`, value.items?.properties ? value.items : value),
  );
  return [`${title}\n\n${table(["field", "is", ""], rows)}`, ...nested];
};

const typeOf = ({ $ref, type, items, enum: values, pattern }: Schema): string => {
  if ($ref) return nameOf($ref);
  if (items) return `list of ${typeOf(items)}`;
  if (values) return values.map((value) => `\`${value}\``).join(", ");
  return `${type ?? "anything"}${pattern && pattern.length < 60 ? ` \`${pattern.replaceAll("|", "\\|")}\`` : ""}`;
};

const nameOf = (ref: string): string => {
  const name = ref.split("/").at(-1) ?? "";
  return `[${name}](#${name.toLowerCase()})`;
};

const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

const table = (head: string[], rows: string[]): string =>
  [row(...head), row(...head.map(() => "---")), ...rows].join("\n");
