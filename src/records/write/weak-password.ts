/*
 * Passwords that are easy to guess: the most common ones, and those that mostly repeat what is known
 * about the account. Nothing else is asked of them: rules about digits and capitals make people choose
 * worse ones (ASVS 6.2.5).
 */
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Field, FieldValue } from '#fields/definition/field-type.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import type { Passwords } from '#platform/passwords.ts'
import { knownValue } from './column-values.ts'
import type { CheckedIssue } from './violations.ts'

const common: FieldIssue = {
  code: 'validation_password_common',
  message: 'This password is among the most common ones. Choose another.',
}
const personal: FieldIssue = {
  code: 'validation_password_personal',
  message: 'This password repeats your name, your address or ours. Choose another.',
}

/** Fields that tell about a person. */
const personalFields = ['email', 'username', 'name']

/** The characters that must remain when everything known is taken out. */
const minRemaining = 6

/** Shorter words are part of too many passwords. */
const minWord = 4

/**
 * The issue of a password that a person chose, if the collection asks for better ones. Of the values
 * of the account only those known here count: the submitted ones, and `identity`.
 *
 * @throws {ApiError} `unavailable` if the list of common passwords cannot be read
 */
export async function weakPassword(
  { catalog, passwords }: PlanContext & { readonly passwords: Passwords },
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
  identity: readonly string[] = [],
): Promise<CheckedIssue[]> {
  const options = collection.auth?.security.password
  const password = knownValue(collection, values, 'password')
  if (options === undefined || typeof password !== 'string' || password === '') return []

  const found: CheckedIssue[] = []
  if (options.common && (await passwords.areCommon(readingsOf(password)))) {
    found.push({ field: 'password', issue: common, when: 'always' })
  }
  const { appName, appURL } = catalog.settings.meta
  const submitted = personalFields.map((name) => knownValue(collection, values, name))
  const about = options.personal ? [...submitted, ...identity, appName, ...hostLabels(appURL)] : []
  if (isMostly(password, [...about, ...options.words].flatMap(wordsIn))) {
    found.push({ field: 'password', issue: personal, when: 'always' })
  }
  return found
}

const letters: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}

/** A text in lower case, with the digits and signs that stand for letters read as letters. */
function read(text: string, one = 'l'): string {
  const lower = text.toLowerCase()
  return lower.replaceAll(/[013457@$]/g, (sign) => (sign === '1' ? one : (letters[sign] ?? sign)))
}

/** The ways to read a password: as it is, without what is often put at its end, and as letters. */
export function readingsOf(password: string): string[] {
  const lower = password.toLowerCase()
  const stem = lower.replace(/[\d!]+$/, '')
  const asLetters = [lower, stem].flatMap((text) => [read(text), read(text, 'i')])
  return [...new Set([lower, stem, ...asLetters])]
}

/** The same for `i`, `l` and `1`, which stand for each other. */
function outline(text: string): string {
  return read(text).replaceAll('i', 'l')
}

/** The words of a text that is known, longest first: `ada.lovelace@example.com` has four. */
function wordsIn(text: unknown): string[] {
  if (typeof text !== 'string') return []
  const words = [text, ...text.split(/[^\p{L}\p{N}]+/u)]
  return words.filter((word) => word.length >= minWord).map(outline)
}

function isMostly(password: string, words: readonly string[]): boolean {
  let rest = outline(password)
  const before = rest.length
  for (const word of words.toSorted((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(word, '')
  }
  return rest.length < before && [...rest].length < minRemaining
}

function hostLabels(url: string): string[] {
  return URL.parse(url)?.hostname.split('.') ?? []
}
