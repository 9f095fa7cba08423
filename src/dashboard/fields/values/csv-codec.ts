import { t } from '#dashboard/text/t.ts'
import { readDate, toStored } from './date-value.ts'
import { asList, type CsvCodec, InvalidInput, isMultiple } from '#dashboard/fields/field-type.ts'
import { readNumber } from './number-value.ts'

/*
 * Values as the texts of a CSV file. Reading what was written gives the same value; a text that is no
 * value of the type is read as `InvalidInput`.
 */

/** Texts stand as they are. */
export const textCodec: CsvCodec = {
  write: (value) => (typeof value === 'string' ? value : ''),
  read: (text) => text,
}

/** Numbers with all of their digits. */
export const numberCodec: CsvCodec = {
  write: (value) => (typeof value === 'number' ? String(value) : ''),
  read: (text) => readNumber(text) ?? new InvalidInput(text, t.fields.notANumber),
}

const words = new Map([
  ['', false],
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
])

/** `true` and `false`; other usual words are read, too. */
export const boolCodec: CsvCodec = {
  write: (value) => (typeof value === 'boolean' ? String(value) : ''),
  read: (text) => words.get(text.trim().toLowerCase()) ?? new InvalidInput(text, t.fields.notABool),
}

/** Moments in UTC, as the API has them. */
export const dateCodec: CsvCodec = {
  write: (value) => (typeof value === 'string' ? value : ''),
  read: (text) => {
    if (text.trim() === '') return ''
    const date = readDate(text.trim())
    return date === undefined ? new InvalidInput(text, t.fields.notADate) : toStored(date)
  },
}

/** One value as its text; a list as JSON. */
export const listCodec: CsvCodec = {
  write: (value) => {
    if (Array.isArray(value)) return value.length === 0 ? '' : JSON.stringify(value)
    return typeof value === 'string' ? value : ''
  },
  read: (text, field) => {
    if (!isMultiple(field)) return text
    if (!text.trim().startsWith('[')) return asList(text)
    const list = parse(text)
    const isList = Array.isArray(list) && list.every((item) => typeof item === 'string')
    return isList ? list : new InvalidInput(text, t.fields.notAList)
  },
}

/** Any JSON; nothing for null. */
export const jsonCodec: CsvCodec = {
  write: (value) => (value === undefined || value === null ? '' : JSON.stringify(value)),
  read: (text) => {
    if (text.trim() === '') return null
    const value = parse(text)
    return value === undefined ? new InvalidInput(text, t.fields.notJson) : value
  },
}

/** JSON, or undefined: no JSON text means that. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
