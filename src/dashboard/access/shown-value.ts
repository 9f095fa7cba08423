import { t } from '#dashboard/text/access-texts.ts'

/** A value of a rule as text: empty ones have a name, texts have quotes. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return t.explain.noValue
  if (value === '') return t.explain.emptyText
  if (value === '***') return t.explain.secret
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}
