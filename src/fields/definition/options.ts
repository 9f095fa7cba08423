/*
 * Decoders of field options: null and missing options become the zero value, and other JSON types
 * are rejected.
 */
import * as z from 'zod'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { PatternError } from '#go-compat/pattern/pattern.ts'
import { compilePattern } from '#go-compat/pattern/pattern-matcher.ts'
import { atLeast, atMost, firstIssue } from '#go-compat/validation-rules.ts'

/** Defaults to false. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)

/** Defaults to `''`. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A 64-bit integer, 0 by default. */
export const integer = z
  .number()
  .refine((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 63)
  .nullish()
  .transform((value) => value ?? 0)

/** A number, null by default. */
export const limit = z
  .number()
  .nullish()
  .transform((value) => value ?? null)

/** Strings, null by default. */
export const texts = z
  .array(text)
  .nullish()
  .transform((value) => value ?? null)

/** A date in the stored format. `''` by default, and for invalid dates. */
export const date = text.transform(parseDate)

/** Options that every type except autodate has, besides the options of all fields. */
export const commonOptions = { help: text, required: flag }

/** The issue of a size, which must be a safe integer and not negative. */
export function sizeFault(value: number, min = 0): FieldIssue | undefined {
  return firstIssue(value, atLeast(min), atMost(Number.MAX_SAFE_INTEGER))
}

/** The issue of a regular expression. */
export function patternFault(source: string): FieldIssue | undefined {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return { code: 'validation_invalid_regex', message: error.message }
  }
}

/** Issues by option, or one for the option as a whole. */
export type OptionFaults = Readonly<Record<string, FieldIssue | Issues | undefined>>
