/*
 * How the options of fields are decoded: null and what is missing become the zero value, another
 * JSON type is refused.
 */
import * as z from 'zod'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { PatternError } from '#go-compat/pattern.ts'
import { compilePattern } from '#go-compat/pattern-matcher.ts'
import { atLeast, atMost, firstIssue } from '#go-compat/validation-rules.ts'

/** False until set. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)

/** `''` until set. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A whole number of 64 bits, 0 until set. */
export const integer = z
  .number()
  .refine((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 63)
  .nullish()
  .transform((value) => value ?? 0)

/** A number, null until set. */
export const limit = z
  .number()
  .nullish()
  .transform((value) => value ?? null)

/** Texts, null until set. */
export const texts = z
  .array(text)
  .nullish()
  .transform((value) => value ?? null)

/** A date in the form that is stored; `''` until set, and for what is none. */
export const date = text.transform(parseDate)

/** What fields of every type but autodate have, besides the options of all. */
export const commonOptions = { help: text, required: flag }

/** The fault of a size: not negative, and a whole number that JSON carries exactly. */
export function sizeFault(value: number, min = 0): FieldIssue | undefined {
  return firstIssue(value, atLeast(min), atMost(Number.MAX_SAFE_INTEGER))
}

/** The fault of a regular expression. */
export function patternFault(source: string): FieldIssue | undefined {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return { code: 'validation_invalid_regex', message: error.message }
  }
}

/** The option by option faults that are there, or one for the option as a whole. */
export type OptionFaults = Readonly<Record<string, FieldIssue | Issues | undefined>>
