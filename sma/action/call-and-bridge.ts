import { isUnanswered, isUp } from '../call/leg.ts';
import type { CallAndBridgeParameters, S3Audio } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import {
  DEFAULT_CALL_TIMEOUT_SECONDS,
  E164,
  MAX_CALL_TIMEOUT_SECONDS,
  MIN_CALL_TIMEOUT_SECONDS,
} from '../contract/limits.ts';
import { audioError } from '../media/audio.ts';
import { type Playback, playLoop } from '../media/media.ts';
import type { AudioPrompt } from '../media/prompt.ts';
import { withPlus } from '../phone-number.ts';
import { refusedHeader, wireHeaders } from '../sip-headers.ts';
import type { ActionDefinition, ActionRun } from './action-definition.ts';
import { isActionError, isS3Audio, S3_AUDIO_NAMES } from './audio-parameters.ts';
import { checkEndpoint, destinationOf, ENDPOINT_NAMES } from './endpoint.ts';
import { invalid, isAbsent, isBetween, wholeNumberOr } from './parameters.ts';

const CALL_NOT_ANSWERED = { errorType: 'CallNotAnswered', errorMessage: ERROR_MESSAGES.callNotAnswered };
const NO_SIP_CODE = 0;

/** Dials LEG-B and bridges it to LEG-A the moment it answers. */
export const callAndBridge: ActionDefinition = {
  parameters: {
    CallTimeoutSeconds: true,
    CallerIdNumber: true,
    RingbackTone: S3_AUDIO_NAMES,
    Endpoints: ENDPOINT_NAMES,
    SipHeaders: true,
  },
  leg: 'LEG-A',
  legMessage: ERROR_MESSAGES.actionOnCall,
  interruptible: false,
  // It answers when LEG-B does; see `dialLegB`.
  answersLegA: false,
  runsWhileDialled: false,
  reportsItself: true,
  reportsCallId: true,
  whenLegEnds: () => ({ result: 'failed', error: CALL_NOT_ANSWERED }),

  check({ CallTimeoutSeconds, CallerIdNumber, RingbackTone, Endpoints, SipHeaders }, facts) {
    const [endpoint, ...more] = Array.isArray(Endpoints) ? Endpoints : [];
    if (endpoint === undefined || more.length > 0) return invalid(ERROR_MESSAGES.endpointCount);
    const endpointError = checkEndpoint(endpoint, facts);
    if (endpointError !== undefined) return endpointError;
    if (isAbsent(CallerIdNumber) || CallerIdNumber === '') return invalid(ERROR_MESSAGES.callerIdMissing);
    if (typeof CallerIdNumber !== 'string' || !E164.test(CallerIdNumber)) {
      return invalid(ERROR_MESSAGES.callerIdInvalid);
    }
    const isOwn = facts.ownsNumber(CallerIdNumber) || withPlus(CallerIdNumber) === withPlus(facts.legA.from);
    if (!isOwn) return invalid(ERROR_MESSAGES.callerIdNotOwned);
    const timeout = wholeNumberOr(CallTimeoutSeconds, DEFAULT_CALL_TIMEOUT_SECONDS);
    if (!isBetween(timeout, MIN_CALL_TIMEOUT_SECONDS, MAX_CALL_TIMEOUT_SECONDS)) {
      return invalid(ERROR_MESSAGES.callTimeout);
    }
    if (!isAbsent(RingbackTone) && !isS3Audio(RingbackTone))
      return audioError(ERROR_MESSAGES.ringbackInvalid);
    const header = refusedHeader(SipHeaders);
    return header === undefined ? undefined : invalid(ERROR_MESSAGES.sipHeaders(header));
  },

  start(run) {
    const { parameters, leg, call, finish } = run;
    let stopDialling: (() => void) | undefined;
    let stopped = false;
    if (call.legB !== undefined || !isUp(leg)) {
      finish({ result: 'failed', error: invalid(ERROR_MESSAGES.actionOnCall) });
      return { stop() {} };
    }
    const ringback = parameters['RingbackTone'] as S3Audio | null | undefined;
    if (isAbsent(ringback)) stopDialling = dial(run, undefined);
    else {
      void call.readAudio(ringback).then(tone => {
        if (stopped) return;
        if (isActionError(tone)) finish({ result: 'failed', error: tone });
        else stopDialling = dial(run, tone);
      });
    }
    return {
      stop() {
        stopped = true;
        stopDialling?.();
      },
    };
  },
};

/** Dials, and returns what gives up. */
function dial({ parameters, leg, call, finish }: ActionRun, tone: AudioPrompt | undefined): () => void {
  const wanted = parameters as unknown as CallAndBridgeParameters;
  const ringing = ringLegA({ parameters, leg, call, finish }, tone);

  const fail = (sipCode: number): void => {
    timer.cancel();
    ringing.stop();
    finish({
      result: 'failed',
      error: CALL_NOT_ANSWERED,
      ...(call.options.exposeSipCause && { parameters: { SipResponseCode: sipCode } }),
    });
  };
  const seconds = wholeNumberOr(wanted.CallTimeoutSeconds, DEFAULT_CALL_TIMEOUT_SECONDS);
  const timer = call.clock.after(seconds * 1_000, () => {
    legB.cancel();
    fail(NO_SIP_CODE);
  });
  const legB = call.dialLegB(
    {
      from: withPlus(wanted.CallerIdNumber),
      to: destinationOf(wanted.Endpoints),
      headers: wireHeaders(wanted.SipHeaders),
    },
    {
      ringing: () => {
        if (isUnanswered(leg)) leg.line.ring(tone !== undefined);
      },
      bridged: () => {
        timer.cancel();
        ringing.stop();
        finish({ result: 'successful' });
      },
      failed: fail,
    },
  );
  return () => {
    timer.cancel();
    ringing.stop();
    legB.cancel();
  };
}

/** What LEG-A hears while LEG-B is dialled; the tone is early media unless `ringbackAnswers`. */
function ringLegA({ leg, call }: ActionRun, tone: AudioPrompt | undefined): Playback {
  if (tone === undefined) return { stop() {} };
  if (isUnanswered(leg)) {
    if (call.options.ringbackAnswers) call.answer(leg);
    else leg.line.ring(true);
  }
  return playLoop(ended => call.play(leg, tone, ended));
}
