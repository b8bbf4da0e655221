// A write to DynamoDB that happens only where its condition holds.

/** @returns false where the condition did not hold, and nothing changed */
export const isWritten = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
};
