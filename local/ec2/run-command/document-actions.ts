// CreateDocument and its like: what CloudFormation calls for an AWS::SSM::Document.
import * as z from "zod";
import type { CommandDocument, Documents, DocumentVersion } from "./documents.ts";
import { versionOf } from "./documents.ts";
import { type SsmActions, ssmAction, ssmTime } from "./ssm-action.ts";

const name = { Name: z.string().regex(/^[a-zA-Z0-9_\-.]{3,128}$/) };
const version = { DocumentVersion: z.string().optional() };
const content = {
  Content: z.string().min(1),
  DocumentFormat: z.literal("JSON").default("JSON"),
  TargetType: z.literal("/AWS::EC2::Instance").optional(),
};

const tags = z
  .array(z.strictObject({ Key: z.string(), Value: z.string() }))
  .default([])
  .transform((list) => new Map(list.map(({ Key, Value }) => [Key, Value])));

const description = (document: CommandDocument, { number, content, createdAt }: DocumentVersion): object => {
  return {
    Name: document.name,
    DocumentType: "Command",
    DocumentFormat: "JSON",
    SchemaVersion: content.schemaVersion,
    Description: content.description,
    Status: "Active",
    DocumentVersion: String(number),
    LatestVersion: String(document.versions.length),
    DefaultVersion: String(document.defaultVersion),
    CreatedDate: ssmTime(createdAt),
    PlatformTypes: ["Linux"],
    Parameters: Object.entries(content.parameters).map(([Name, { type, default: DefaultValue }]) => ({
      Name,
      Type: type,
      DefaultValue,
    })),
    Tags: [...document.tags].map(([Key, Value]) => ({ Key, Value })),
  };
};

const latest = (document: CommandDocument): object => ({
  DocumentDescription: description(document, versionOf(document, "$LATEST")),
});

export const documentActions = (documents: Documents): SsmActions => {
  return {
    CreateDocument: ssmAction(
      z.strictObject({ ...name, ...content, DocumentType: z.literal("Command"), Tags: tags }),
      ({ Name, Content, Tags }) => latest(documents.create(Name, Content, Tags)),
    ),

    UpdateDocument: ssmAction(
      z.strictObject({ ...name, ...content, DocumentVersion: z.literal("$LATEST") }),
      ({ Name, Content }) => latest(documents.update(Name, Content)),
    ),

    UpdateDocumentDefaultVersion: ssmAction(
      z.strictObject({ ...name, DocumentVersion: z.string() }),
      ({ Name, DocumentVersion }) => {
        const { defaultVersion } = documents.setDefault(Name, DocumentVersion);
        return { Description: { Name, DefaultVersion: String(defaultVersion) } };
      },
    ),

    GetDocument: ssmAction(z.strictObject({ ...name, ...version }), ({ Name, DocumentVersion }) => {
      const { number, text, createdAt } = versionOf(documents.find(Name), DocumentVersion);
      const about = { DocumentType: "Command", DocumentFormat: "JSON", Status: "Active" };
      const made = { DocumentVersion: String(number), CreatedDate: ssmTime(createdAt) };
      return { Name, Content: text, ...about, ...made };
    }),

    DescribeDocument: ssmAction(z.strictObject({ ...name, ...version }), ({ Name, DocumentVersion }) => {
      const document = documents.find(Name);
      return { Document: description(document, versionOf(document, DocumentVersion)) };
    }),

    DeleteDocument: ssmAction(z.strictObject(name), ({ Name }) => {
      documents.delete(Name);
      return {};
    }),
  };
};
