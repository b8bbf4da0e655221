// A mistake or an obstacle that an operator can do something about: its message is all that is shown of it.

export class OperatorError extends Error {
  override name = "OperatorError";
}
