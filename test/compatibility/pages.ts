/** The attributes and parameters that the four platforms' pages have: what docs/compatibility.md must not leave out. */

const EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;

type Page = Readonly<Record<string, readonly string[]>>;

/** "Voice API call with SIP UPDATE message" (DataTechLabs, 1 August 2018). */
const datatechlabs: Page = {
  'POST /voice/call/callback': ['leg_A', 'leg_B'],
  'A leg': ['to', 'from', 'sip_update', 'osip_P-Asserted-Identity', 'osip_Privacy'],
  'The INVITE of a leg': ['Session-Expires: 1800;refresher=uac', 'Allow: UPDATE'],
  'The UPDATE of a leg': ['every 900 s', 'Call-ID', 'CSeq', 'Request-URI', 'Content-Length: 0', 'Allow'],
};

/** `<Sip>` of the Compatibility API (SignalWire). */
const signalwire: Page = {
  '`<Sip>`: attributes': [
    'codecs',
    'method',
    'password',
    'sessionTimeout',
    'statusCallback',
    'statusCallbackEvent',
    'statusCallbackMethod',
    'url',
    'username',
  ],
  '`<Sip>`: the address': [
    'sip:',
    'TLS by default',
    ';transport=udp',
    ';transport=tcp',
    '?customheader=foo&othercustomheader=bar',
    'up to 10',
    'another noun beside it',
  ],
  '`<Dial>` around `<Sip>`': [
    'action',
    'method',
    'answerOnBridge',
    'callerId',
    'callerName',
    'hangupOnStar',
    'record',
    'recordingTrack',
    'recordingStatusCallback',
    'recordingStatusCallbackMethod',
    'recordingStatusCallbackEvent',
    'recordingStorageUrl',
    'recordingStorageUrlMethod',
    'ringTone',
    'sequential',
    'timeLimit',
    'timeout',
    'trim',
  ],
  'The INVITE': ['CallSid', 'AccountSid', 'ApiVersion'],
  'The request to `action`': ['DialSipCallId', 'DialSipHeader_', 'DialSipResponseCode'],
  'The request to the `url` of `<Sip>`': ['SipCallId', 'SipHeader_'],
  'The words of `statusCallbackEvent`': EVENTS,
  'The request to `statusCallback`': [
    'AccountSid',
    'ApiVersion',
    'AudioInAveragePtime',
    'AudioInDtmfPacketCount',
    'AudioInFlushPacketCount',
    'AudioInJitterMaxVariance',
    'AudioInJitterMinVariance',
    'AudioInLargestJbSize',
    'AudioInMos',
    'AudioInMediaPacketCount',
    'AudioInSkipPacketCount',
    'AudioOutDtmfPacketCount',
    'AudioOutMediaPacketCount',
    'CallbackSource',
    'CallSid',
    'CallStatus',
    'Direction',
    'From',
    'SequenceNumber',
    'Timestamp',
    'To',
  ],
};

/** RCML `<Sip>` (Restcomm). */
const restcomm: Page = {
  '`<Sip>`: attributes': [
    'url',
    'timeout',
    'method',
    'statusCallbackEvent',
    'statusCallback',
    'statusCallbackMethod',
    'username',
    'password',
  ],
  '`<Sip>`: the address': [
    'sip:',
    'UDP by default',
    ';transport=tcp',
    '?mycustomheader=tata&myotherheader=toto',
    'address under 255 characters',
    'headers under 1024 characters',
    'more than one',
    'another noun beside it',
  ],
  '`<Dial>` around `<Sip>`': ['record', 'timeout', 'hangupOnStar', 'callerId', 'method', 'action'],
  'The words of `statusCallbackEvent`': EVENTS,
  'The request to `statusCallback`': [
    'CallDuration',
    'Timestamp',
    'CallbackSource',
    'SequenceNumber',
    'ParentCallSid',
  ],
  'The request to the `url` of `<Sip>`': ['SipCallId', 'SipHeader_'],
  'The document of the `url` of `<Sip>`': ['Gather', 'Hangup', 'Dial'],
};

/** "SIP headers" (Plivo). */
const plivo: Page = {
  'Creating a call': ['from', 'to', 'a SIP address as to', 'answer_url', 'answer_method', 'sip_headers'],
  '`sip_headers`': ['X-PH- before each name', 'head1=val1,head2=val2', '[A-Za-z0-9] in names and values'],
  'The answer to a create': ['message', 'request_uuid', 'api_id'],
  'The request to `answer_url`': [
    'Direction',
    'From',
    'ALegUUID',
    'BillRate',
    'To',
    'X-PH-Test',
    'CallUUID',
    'ALegRequestUUID',
    'RequestUUID',
    'SIP-H-To',
    'CallStatus',
    'Event',
  ],
  'The document of `answer_url`': ['Response', 'Speak'],
};

export const PAGES = { datatechlabs, signalwire, restcomm, plivo } as const;
