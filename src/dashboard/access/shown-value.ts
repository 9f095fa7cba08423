import { t } from '#dashboard/text/t.ts'

/** A value of a rule as text: empty ones have a name, texts have quotes. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return t.access.explain.noValue
  if (value === '') return t.access.explain.emptyText
  if (value === '***') return t.access.explain.secret
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}
