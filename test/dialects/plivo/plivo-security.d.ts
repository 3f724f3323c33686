/** The package's older signature, which its index does not lead to. */
declare module 'plivo/dist/utils/security.js' {
  export function computeOldSignature(authToken: string, url: string, parameters: object): string;
}
