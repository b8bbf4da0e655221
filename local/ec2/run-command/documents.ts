// The account's own documents and their versions, in memory. Those of AWS, such as AWS-RunShellScript, are not here.
import { Ec2Error } from "../protocol/errors.ts";
import type { Tags } from "../world/model.ts";
import { type DocumentContent, parseContent } from "./document-content.ts";

export interface DocumentVersion {
  /** counted from 1 */
  number: number;
  /** as it came */
  text: string;
  content: DocumentContent;
  createdAt: Date;
}

export interface CommandDocument {
  name: string;
  versions: DocumentVersion[];
  defaultVersion: number;
  tags: Tags;
}

const newVersion = (number: number, text: string): DocumentVersion => ({
  number,
  text,
  content: parseContent(text),
  createdAt: new Date(),
});

const same = (one: DocumentContent, other: DocumentContent): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export class Documents {
  readonly #documents = new Map<string, CommandDocument>();

  /** @throws Ec2Error DocumentAlreadyExists, InvalidDocumentContent */
  create(name: string, text: string, tags: Tags): CommandDocument {
    if (this.#documents.has(name)) {
      throw new Ec2Error("DocumentAlreadyExists", `Document with name ${name} already exists.`);
    }
    const document = { name, versions: [newVersion(1, text)], defaultVersion: 1, tags };
    this.#documents.set(name, document);
    return document;
  }

  /** Adds a version, which is not the default one. @throws Ec2Error DuplicateDocumentContent, InvalidDocument */
  update(name: string, text: string): CommandDocument {
    const document = this.find(name);
    const version = newVersion(document.versions.length + 1, text);
    if (same(versionOf(document, "$LATEST").content, version.content)) {
      throw new Ec2Error(
        "DuplicateDocumentContent",
        `The latest version of ${name} has this content already.`,
      );
    }
    document.versions.push(version);
    return document;
  }

  setDefault(name: string, version: string): CommandDocument {
    const document = this.find(name);
    document.defaultVersion = versionOf(document, version).number;
    return document;
  }

  /** @throws Ec2Error InvalidDocument */
  delete(name: string): void {
    this.find(name);
    this.#documents.delete(name);
  }

  /** @throws Ec2Error InvalidDocument */
  find(name: string): CommandDocument {
    const document = this.#documents.get(name);
    if (document) return document;
    throw new Ec2Error("InvalidDocument", `Document with name ${name} does not exist.`);
  }

  tagsOf = (name: string): Tags => this.#documents.get(name)?.tags ?? new Map();
}

/** @param version a number, `$DEFAULT` or `$LATEST`. @throws Ec2Error InvalidDocumentVersion */
export const versionOf = (document: CommandDocument, version = "$DEFAULT"): DocumentVersion => {
  const { versions, defaultVersion, name } = document;
  const named: Record<string, number> = { $DEFAULT: defaultVersion, $LATEST: versions.length };
  const found = versions[(named[version] ?? Number(version)) - 1];
  if (found) return found;
  throw new Ec2Error("InvalidDocumentVersion", `Document ${name} has no version ${version}.`);
};
