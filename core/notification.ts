/**
 * What the engine itself has to tell an application's owner. Three of the four dialects share one numbering of
 * errors, so it is used here; a dialect that has none shows the sentence.
 */
export const NOTIFICATION = {
  tooManyDocuments: 11215,
  dialInScreening: 13201,
  callRefused: 13224,
  callerIdRefused: 13214,
  inTurn: 13218,
  dialRefused: 13223,
  notAudio: 13420,
  actionFailed: 20001,
} as const;
