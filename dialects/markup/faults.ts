/** The numbers under which a dialect lists the faults that any document can have. */
export interface FaultCodes {
  readonly invalidUrl: number;
  readonly tooLarge: number;
  readonly empty: number;
  readonly notXml: number;
  readonly xmlVersion: number;
  readonly root: number;
  /** An element or an attribute that there is none of, or a value that no code of its own is for. */
  readonly schema: number;
  readonly contentType: number;
  /** A relative URL in a document that came from nowhere. */
  readonly noBaseUrl: number;
  readonly notSupported: number;
}
