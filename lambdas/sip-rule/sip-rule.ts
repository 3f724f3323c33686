import {
  type ChimeSDKVoiceClient,
  ConflictException,
  CreateSipRuleCommand,
  DeleteSipRuleCommand,
  NotFoundException,
  paginateListSipRules,
  type SipRule,
  UpdateSipRuleCommand,
} from '@aws-sdk/client-chime-sdk-voice';
import type { Clock } from '../../core/clock.ts';
import type { ResourceKind } from '../custom-resource.ts';

/** As in the template; CloudFormation makes every value a string. */
export interface SipRuleProperties {
  /** Unique to the stack, its Region and the trigger: it tells this stack's rule from any other. */
  readonly Name: string;
  /** The number that is called, or… */
  readonly PhoneNumber?: string;
  /** …the host name that is called: a Voice Connector's. One of the two. */
  readonly HostName?: string;
  readonly SipMediaApplicationId: string;
  readonly AwsRegion: string;
}

export interface SipRuleContext {
  readonly client: ChimeSDKVoiceClient;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** After a rule was disabled the service may refuse its deletion for a while: 75 s of tries. */
const DELETE_DELAYS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000];

/** A phone number or host name has a rule that is not this stack's. */
export class NumberTakenError extends Error {
  override readonly name = 'NumberTakenError';
}

const triggerOf = ({ PhoneNumber, HostName }: SipRuleProperties) =>
  HostName === undefined
    ? ({ TriggerType: 'ToPhoneNumber', TriggerValue: PhoneNumber } as const)
    : ({ TriggerType: 'RequestUriHostname', TriggerValue: HostName } as const);

/** The rule that hands the calls to one phone number or host name to one SIP media application. */
export function sipRule({ client, clock }: SipRuleContext): ResourceKind<SipRuleProperties> {
  const targets = (properties: SipRuleProperties) => [
    { SipMediaApplicationId: properties.SipMediaApplicationId, Priority: 1, AwsRegion: properties.AwsRegion },
  ];

  /** The service takes no request token, so a repeated Create looks for what the first one made. */
  async function find(properties: SipRuleProperties): Promise<SipRule | undefined> {
    const trigger = triggerOf(properties).TriggerValue;
    for await (const page of paginateListSipRules({ client }, {})) {
      const rule = page.SipRules?.find(
        ({ Name, TriggerValue }) => Name === properties.Name && TriggerValue === trigger,
      );
      if (rule) return rule;
    }
    return undefined;
  }

  const enable = (properties: SipRuleProperties, SipRuleId: string) =>
    client.send(
      new UpdateSipRuleCommand({
        SipRuleId,
        Name: properties.Name,
        Disabled: false,
        TargetApplications: targets(properties),
      }),
    );

  async function create(properties: SipRuleProperties): Promise<{ physicalResourceId: string }> {
    const existing = await find(properties);
    if (existing?.SipRuleId) {
      await enable(properties, existing.SipRuleId);
      return { physicalResourceId: existing.SipRuleId };
    }
    try {
      const { SipRule } = await client.send(
        new CreateSipRuleCommand({
          Name: properties.Name,
          ...triggerOf(properties),
          Disabled: false,
          TargetApplications: targets(properties),
        }),
      );
      if (!SipRule?.SipRuleId) throw new Error('CreateSipRule answered without a rule.');
      return { physicalResourceId: SipRule.SipRuleId };
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      throw new NumberTakenError(
        `${triggerOf(properties).TriggerValue} already has a SIP rule; delete that rule, or deploy without it.`,
        { cause: error },
      );
    }
  }

  return {
    create,

    async update(properties, id, old) {
      // Another trigger is another rule: CloudFormation deletes the old one when the deployment has succeeded.
      if (triggerOf(properties).TriggerValue !== triggerOf(old).TriggerValue) return create(properties);
      try {
        await enable(properties, id);
        return { physicalResourceId: id };
      } catch (error) {
        if (error instanceof NotFoundException) return create(properties); // Somebody deleted it by hand.
        throw error;
      }
    },

    async delete(properties, SipRuleId) {
      for (const delay of [...DELETE_DELAYS_MS, undefined]) {
        try {
          await client.send(new UpdateSipRuleCommand({ SipRuleId, Name: properties.Name, Disabled: true }));
          await client.send(new DeleteSipRuleCommand({ SipRuleId }));
          return;
        } catch (error) {
          if (error instanceof NotFoundException) return;
          if (!(error instanceof ConflictException) || delay === undefined) throw error;
          await clock.sleep(delay);
        }
      }
    },
  };
}
