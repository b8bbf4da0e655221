// The keys of our tags. What stands already carries them, and permissions ask for them: none is ever renamed.

export const tagKeys = {
  stage: "warren:stage",
  slug: "warren:slug",
  generation: "warren:generation",
  /** of a machine, for its boot */
  hostname: "warren:hostname",
  /** of a volume for data: whether it is the tenant's data, was, or is being filled */
  volume: "warren:volume",
  /** of a volume for data: the stage, for Data Lifecycle Manager */
  dataOf: "warren:data-of",
  restoredFrom: "warren:restored-from",
  replaces: "warren:replaces",
  /** of a snapshot: why it was made */
  snapshot: "warren:snapshot",
  /** of a snapshot before a replacement: of which repair */
  attempt: "warren:attempt",
  /** of an image: it stays */
  keep: "warren:keep",
  tenantImage: "warren:tenant-image",
  /** of an image, with a stage's name after it */
  promoted: "warren:promoted",
  /** of a secret: which machine may read it */
  reader: "reader",
} as const;
