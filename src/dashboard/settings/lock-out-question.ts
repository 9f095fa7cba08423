import { t } from '#dashboard/text/t.ts'
import type { Question } from './settings-form.tsx'

const texts = t.settings.network

/** A list with other addresses only may end the access of the one who saves it. */
export function lockOutQuestion(
  draft: ReadonlyMap<string, unknown>,
  address: string,
): Question | undefined {
  const list = draft.get('superuserIPs')
  if (!Array.isArray(list) || list.length === 0 || list.includes(address)) return undefined
  return {
    title: texts.lockOutTitle,
    text: texts.lockOut({ address }),
    action: texts.lockOutAction,
  }
}
