/** Signatures of requests: the platform's own, since Restcomm signs nothing. Who does not know the header ignores it. */
export { asSeen, SIGNATURE_HEADER, sign } from '../own-signature.ts';
