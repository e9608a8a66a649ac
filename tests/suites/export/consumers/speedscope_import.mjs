// speedscope's importers, from its sources as @elg/speedscope packs them: modules whose imports lack
// the suffix that Node wants.
import {register} from 'node:module';

const hooks = `export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith('.'))
      throw error;
    return next(specifier + '.js', context);
  }
}`;
register('data:text/javascript,' + encodeURIComponent(hooks));
export const {importFromChromeCPUProfile} =
    await import('@elg/speedscope/dist/library/import/chrome.js');
