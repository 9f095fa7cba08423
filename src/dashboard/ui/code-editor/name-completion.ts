import {
  autocompletion,
  closeBrackets,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { SuggestNames } from './code-editor.tsx'

/** Completion of names. `suggest` is asked at each use, so its answers may change. */
export function nameCompletion(suggest: SuggestNames): Extension {
  const complete = ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const before = state.sliceDoc(0, pos)
    const found = suggest(before)
    if (found === undefined) return null
    const { from, options } = found
    const isWanted = explicit || from < pos || /[.:]$/.test(before)
    if (!isWanted) return null
    return {
      from,
      validFor: /^\w*$/,
      options: options.map(({ label, detail, kind }) => ({
        label,
        type: kind,
        ...(detail === undefined ? {} : { detail }),
        ...(kind === 'function' ? { apply: `${label}(` } : {}),
      })),
    }
  }
  return [closeBrackets(), autocompletion({ override: [complete], icons: false })]
}
