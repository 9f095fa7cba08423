import type { Collection } from '#catalog/collection.ts'
import { toText } from '#go-compat/casts.ts'
import type { Settings } from '#settings/settings.ts'
import { escapeHtml } from './escape-html.ts'

/** The values of a template's placeholders, as plain text. A placeholder without a value stays. */
export interface Placeholders {
  /** `{TOKEN}` */
  readonly token?: string
  /** `{OTP}` */
  readonly otp?: string
  /** `{OTP_ID}` */
  readonly otpId?: string
  /** `{ALERT_INFO}` */
  readonly alertInfo?: string
  /** `{RECORD:name}` of every field that is not hidden. */
  readonly record?: {
    readonly collection: Pick<Collection, 'field'>
    /** JSON values by field name, as in API responses. */
    readonly values: Readonly<Record<string, unknown>>
  }
}

/** The context of a template: markup, or a line of text. */
export type PlaceholderContext = 'html' | 'text'

const placeholder = /\{(?:RECORD:(\w+)|(\w+))\}/g

/**
 * Fills the placeholders of a template in one pass. A value that looks like a placeholder stays.
 */
export function fillPlaceholders(
  template: string,
  { meta }: Pick<Settings, 'meta'>,
  values: Placeholders,
  context: PlaceholderContext,
): string {
  const known = new Map([
    ['APP_NAME', meta.appName],
    // Templates add a slash after it.
    ['APP_URL', meta.appURL.replace(/\/+$/, '')],
    ['TOKEN', values.token],
    ['OTP', values.otp],
    ['OTP_ID', values.otpId],
    ['ALERT_INFO', values.alertInfo],
  ])
  return template.replace(placeholder, (text, field?: string, name = '') => {
    const value = field === undefined ? known.get(name) : recordText(values.record, field)
    if (value === undefined) return text
    return context === 'html' ? escapeHtml(value) : value
  })
}

function recordText(record: Placeholders['record'], name: string): string | undefined {
  const field = record?.collection.field(name)
  if (record === undefined || field === undefined || field.hidden) return undefined
  return toText(record.values[name])
}
