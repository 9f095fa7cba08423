/*
 * The standard rules for fields of fixed-shape documents, with the messages of PocketBase's
 * validation library. All except `required` accept empty values. A field reports its first issue.
 */
import {
  ApiError,
  commonErrors,
  type ErrorSpec,
  type FieldIssue,
  type Issues,
  required as blank,
} from '#kernel/errors.ts'
import { isEmail, isHexColor, isHost, isUrl } from './formats.ts'
import { byteLength } from '#kernel/text.ts'

/** Returns the issue of a value, if there is one. */
export type ValidationRule = (value: unknown) => FieldIssue | undefined

/** The first issue that a value's rules find. */
export function firstIssue(
  value: unknown,
  ...rules: readonly ValidationRule[]
): FieldIssue | undefined {
  for (const rule of rules) {
    const issue = rule(value)
    if (issue !== undefined) return issue
  }
  return undefined
}

/** The issues by field. Nested objects without an issue are left out. */
export function issuesOf(found: Readonly<Record<string, FieldIssue | Issues | undefined>>): Issues {
  const entries = Object.entries(found).flatMap(([name, node]) =>
    node === undefined || Object.keys(node).length === 0 ? [] : [[name, node] as const],
  )
  return Object.fromEntries(entries)
}

/**
 * Throws if there is an issue.
 *
 * @throws {ApiError} `validation_failed`, unless another error is given.
 */
export function assertValid(
  issues: Issues,
  refusal: ErrorSpec = commonErrors.validationFailed,
): void {
  if (Object.keys(issues).length > 0) throw new ApiError(refusal, { issues })
}

/** The issues of each element, by position. */
export function eachFault<T>(
  items: readonly T[],
  faultOf: (item: T, index: number) => FieldIssue | Issues | undefined,
): Issues {
  return issuesOf(Object.fromEntries(items.map((item, index) => [index, faultOf(item, index)])))
}

/** Rejects blank values: zero, false, null, an empty string or array. */
export function required(value: unknown): FieldIssue | undefined {
  return isEmpty(value) ? blank : undefined
}

/** Applies a rule only if the condition holds. */
export function when(condition: boolean, rule: ValidationRule): ValidationRule {
  return condition ? rule : () => undefined
}

/** Limits the bytes of a string or the elements of an array. Zero means no limit. */
export function length(min: number, max: number): ValidationRule {
  return unlessEmpty((value) => {
    const size = Array.isArray(value) ? value.length : byteLength(String(value))
    const isFine = size >= min && (max === 0 || size <= max)
    return isFine ? undefined : { ...lengthFault(min, max), params: { max, min } }
  })
}

function lengthFault(min: number, max: number): FieldIssue {
  if (min === 0 && max > 0) {
    return {
      code: 'validation_length_too_long',
      message: `The length must be no more than ${max}.`,
    }
  }
  if (min > 0 && max === 0) {
    return {
      code: 'validation_length_too_short',
      message: `The length must be no less than ${min}.`,
    }
  }
  return min === max
    ? { code: 'validation_length_invalid', message: `The length must be exactly ${min}.` }
    : {
        code: 'validation_length_out_of_range',
        message: `The length must be between ${min} and ${max}.`,
      }
}

/** Requires at least the threshold. Zero is empty and passes. */
export function atLeast(threshold: number): ValidationRule {
  return unlessEmpty((value) =>
    Number(value) >= threshold
      ? undefined
      : {
          code: 'validation_min_greater_equal_than_required',
          message: `Must be no less than ${threshold}.`,
          params: { threshold },
        },
  )
}

/** Requires at most the threshold. Zero is empty and passes. */
export function atMost(threshold: number): ValidationRule {
  return unlessEmpty((value) =>
    Number(value) <= threshold
      ? undefined
      : {
          code: 'validation_max_less_equal_than_required',
          message: `Must be no greater than ${threshold}.`,
          params: { threshold },
        },
  )
}

/** Requires one of these values. */
export function oneOf(...values: readonly unknown[]): ValidationRule {
  return unlessEmpty((value) =>
    values.includes(value)
      ? undefined
      : { code: 'validation_in_invalid', message: 'Must be a valid value.' },
  )
}

/** Requires a string that matches the pattern. */
export function matches(pattern: RegExp): ValidationRule {
  return textRule((text) => pattern.test(text), {
    code: 'validation_match_invalid',
    message: 'Must be in a valid format.',
  })
}

/** Requires an email address. */
export const email: ValidationRule = textRule(isEmail, {
  code: 'validation_is_email',
  message: 'Must be a valid email address.',
})

/** Requires a URL; the scheme may be missing. */
export const url: ValidationRule = textRule(isUrl, {
  code: 'validation_is_url',
  message: 'Must be a valid URL.',
})

/** Requires an IP address or a DNS name. */
export const host: ValidationRule = textRule(isHost, {
  code: 'validation_is_host',
  message: 'Must be a valid IP address or DNS name.',
})

/** Requires a hexadecimal colour. */
export const hexColor: ValidationRule = textRule(isHexColor, {
  code: 'validation_is_hex_color',
  message: 'Must be a valid hexadecimal color code.',
})

function textRule(accepts: (text: string) => boolean, fault: FieldIssue): ValidationRule {
  return unlessEmpty((value) => (accepts(String(value)) ? undefined : fault))
}

function unlessEmpty(rule: ValidationRule): ValidationRule {
  return (value) => (isEmpty(value) ? undefined : rule(value))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return true
  return value === '' || (Array.isArray(value) && value.length === 0)
}
