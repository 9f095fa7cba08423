import type { Collection } from '#catalog/collection.ts'
import { toText } from '#go-compat/casts.ts'
import type { Settings } from '#settings/settings.ts'
import { escapeHtml } from './escape-html.ts'

/** The values of a template's placeholders, as plain text; a placeholder without a value stays. */
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
    /** JSON values by field name, as the API answers them. */
    readonly values: Readonly<Record<string, unknown>>
  }
}

/** Where a template stands: in markup, or in a line of text. */
export type PlaceholderContext = 'html' | 'text'

const placeholder = /\{(?:RECORD:(\w+)|(\w+))\}/g

/** A template with its placeholders filled, in one pass: a value that looks like one is left alone. */
export function fillPlaceholders(
  template: string,
  { meta }: Pick<Settings, 'meta'>,
  values: Placeholders,
  context: PlaceholderContext,
): string {
  const known = new Map([
    ['APP_NAME', meta.appName],
    // Templates put a slash behind it.
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
