import { counted } from '#cli/terminal/wording.ts'
import type { PlannedChange, SchemaPlan } from './deployment-client.ts'

/** The plan as lines for people. */
export function planText({ changes, drift }: Pick<SchemaPlan, 'changes' | 'drift'>): string {
  const drifted = drift.map(
    ({ collection, what, by, at }) =>
      `drift        ${collection} ${what}${by === '' ? '' : ` (${by}, ${at})`}\n`,
  )
  return [...drifted, ...changes.map((change) => `${changeText(change)}\n`)].join('')
}

/** One change on one line. */
export function changeText(change: PlannedChange): string {
  const { kind, collection, risk, rows, allow } = change
  const about = [subject(change), values(change)].filter((part) => part !== '').join(' ')
  const notes = [
    ...(change['access'] === undefined ? [] : [String(change['access'])]),
    ...(rows === undefined ? [] : [counted(rows, 'row')]),
    ...(allow === undefined ? [] : [`--allow ${[allow].flat().join(' --allow ')}`]),
  ]
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  const line = `${risk.padEnd(12)} ${kind} ${collection}${about === '' ? '' : ` ${about}`}${note}`
  return line.trim()
}

function subject(change: PlannedChange): string {
  const parts = ['field', 'option', 'rule', 'index', 'what'].flatMap((key) => {
    const value = change[key]
    return typeof value === 'string' ? [value.replaceAll(/\s+/g, ' ')] : []
  })
  const gone = change['gone']
  const came = change['new']
  if (Array.isArray(gone) && Array.isArray(came))
    parts.push(`${gone.join(', ')} or ${came.join(', ')}`)
  if (change['issues'] !== undefined) parts.push(JSON.stringify(change['issues']))
  if (change['split'] !== undefined)
    parts.push(`push in groups: ${JSON.stringify(change['split'])}`)
  return parts.join(' ')
}

function values({ from, to }: PlannedChange): string {
  if (from === undefined && to === undefined) return ''
  return `${short(from)} → ${short(to)}`
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none'
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** The exit status of a plan: 0 same, 2 differs, 3 has destructive or blocked changes. */
export function planStatus(
  { changes }: Pick<SchemaPlan, 'changes'>,
  allow: readonly string[],
): 0 | 2 | 3 {
  if (changes.some((change) => isRefused(change, allow))) return 3
  return changes.length === 0 ? 0 : 2
}

function isRefused({ risk, allow }: PlannedChange, allowed: readonly string[]): boolean {
  if (risk === 'blocked') return true
  return risk === 'destructive' && !(typeof allow === 'string' && allowed.includes(allow))
}
