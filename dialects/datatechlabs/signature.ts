/** Signatures of status callbacks: the platform's own, since this API knows no callbacks. */
export { asSeen, SIGNATURE_HEADER, sign } from '../own-signature.ts';
