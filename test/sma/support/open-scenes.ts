import { afterEach, expect } from 'vitest';
import { script } from './scene.ts';
import { type SipHandler, SipScene, type SipSceneSettings } from './sip-scene.ts';

/** For the tests of one file: opens scenes, and closes each after its test, in which nothing must have gone wrong inside. */
export function sceneOpener() {
  const scenes: SipScene[] = [];
  afterEach(async () => {
    for (const scene of scenes.splice(0)) {
      await scene.close();
      expect(scene.errors).toEqual([]);
    }
  });
  return async (answers: Record<string, unknown> | SipHandler, settings?: SipSceneSettings) => {
    const handler = typeof answers === 'function' ? answers : (script(answers) as unknown as SipHandler);
    const scene = await SipScene.open(handler, settings);
    scenes.push(scene);
    return scene;
  };
}
