// EC2 names every failure by a code that callers branch on; each is raised as one class with AWS's own code.

/**
 * An answer other than success, sent in EC2's error envelope or in Systems Manager's. Codes: "Error codes for the Amazon
 * EC2 API", and the errors of each action in the Systems Manager API reference.
 */
export class Ec2Error extends Error {
  override readonly name = "Ec2Error";
  readonly code: string;
  /** HTTP status: 400 for the caller's errors, 500 for the service's (which SDKs retry). */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const invalidParameter = (message: string): Ec2Error => new Ec2Error("InvalidParameterValue", message);
