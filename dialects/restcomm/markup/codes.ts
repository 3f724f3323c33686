/** The numbers under which a document's faults are listed: the platform's own where it has one, else the shared ones. */
export const CODE = {
  invalidUrl: 11100,
  tooLarge: 11750,
  empty: 11770,
  notXml: 12100,
  xmlVersion: 12101,
  root: 12102,
  schema: 12200,
  contentType: 12300,
  noBaseUrl: 15004,
  notSupported: 1002,
  say: { loop: 13510, voice: 13511, text: 12200, length: 12200 },
  play: { loop: 13410, url: 13325 },
  pause: { length: 13910 },
  redirect: { method: 13710 },
  gather: { finishOnKey: 13310, timeout: 13313, numDigits: 13314, startInputKey: 13315 },
  dial: { method: 13210, timeout: 13212, callerId: 13214, timeLimit: 13216, leg: 11008 },
} as const;
