import { type SQL, sql } from 'drizzle-orm'
import { toTextList } from '#kernel/casts.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { eachFault, faults, firstFault, matches } from '#kernel/validation-rules.ts'
import { createField } from './create-field.ts'
import { defineFieldType } from './define-field-type.ts'
import type { DatabaseCheck, FieldValue } from './field-type.ts'
import {
  addedTo,
  knownList,
  listParameter,
  type MultiValue,
  multiValue,
  valuesOf,
} from './multi-value.ts'
import { commonOptions, flag, integer, sizeFault, texts } from './options.ts'
import { countOf } from './value-count.ts'

const defaultMaxSize = 5 * 2 ** 20

/** The names of one or many stored files. A name that the record does not have yet is refused. */
export const fileField = defineFieldType({
  type: 'file',
  options: {
    ...commonOptions,
    maxSelect: integer,
    maxSize: integer,
    mimeTypes: texts,
    thumbs: texts,
    protected: flag,
  },
  validateOptions: ({ maxSelect, maxSize, thumbs }) =>
    faults({
      maxSelect: sizeFault(maxSelect),
      maxSize: sizeFault(maxSize),
      thumbs: eachFault(thumbs ?? [], thumbFault),
    }),
  compile(definition) {
    const maxSelect = Math.max(definition.maxSelect, 1)
    const behaviour = multiValue(maxSelect)
    return createField<MultiValue>(definition, {
      ...behaviour,
      isFile: true,
      normalise: (input) => {
        const names = namesIn(input)
        return behaviour.isMultiple ? names : (names.at(-1) ?? '')
      },
      bodyBytes: (definition.maxSize || defaultMaxSize) * maxSelect,
      lookups: (value, { stored }) => [
        ...ownership(value, stored && ownedNames(stored, behaviour.isMultiple)),
        ...tooMany(value, maxSelect, behaviour.isMultiple),
      ],
    })
  },
})

const maxDepth = 100

/** The names an input says. An element of a list counts when it says exactly one. */
function namesIn(input: unknown, depth = 0): string[] {
  if (!Array.isArray(input)) return toTextList(input)
  if (depth > maxDepth) return []
  const named = input.map((element) => namesIn(element, depth + 1))
  return [...new Set(named.filter((names) => names.length === 1).flat())]
}

/** Stops a record from claiming the file of another one, whose name somebody guessed or saw. */
function ownership(value: FieldValue, owned: SQL | undefined): DatabaseCheck[] {
  const names = 'known' in value ? knownList(value) : addedTo(value)
  if (names.length === 0) return []
  if (owned === undefined) return [{ violated: sql`1`, issue: foreignFiles(names) }]
  const foreign = sql`FROM json_each(${listParameter(names)}) AS named WHERE named.value NOT IN (SELECT value FROM (${owned}))`
  return [
    {
      violated: sql`EXISTS (SELECT 1 ${foreign})`,
      issue: {
        subject: sql`(SELECT json_group_array(named.value) ${foreign})`,
        issueOf: (subject) => foreignFiles(toTextList(subject)),
      },
    },
  ]
}

function ownedNames(stored: SQL, isMultiple: boolean): SQL {
  return isMultiple ? valuesOf(stored) : sql`SELECT ${stored} AS value`
}

function tooMany(value: FieldValue, maxSelect: number, isMultiple: boolean): DatabaseCheck[] {
  const issue = {
    code: 'validation_too_many_files',
    message: `The maximum allowed files is ${maxSelect}.`,
    params: { maxSelect },
  }
  if ('sql' in value) {
    return isMultiple ? [{ violated: sql`${countOf(value.sql)} > ${maxSelect}`, issue }] : []
  }
  const count = knownList(value).length
  return count > maxSelect ? [{ violated: sql`1`, issue }] : []
}

function foreignFiles(names: readonly string[]): FieldIssue {
  const invalidFiles = names.map((name) => name.slice(0, 250))
  return {
    code: 'validation_invalid_file',
    message: `Invalid new files: [${invalidFiles.join(' ')}].`,
    params: { invalidFiles },
  }
}

const noThumbs: readonly string[] = ['0x0', '0x0t', '0x0b', '0x0f']

function thumbFault(thumb: string): FieldIssue | undefined {
  return firstFault(
    thumb,
    () =>
      noThumbs.includes(thumb)
        ? { code: 'validation_not_in_invalid', message: 'Must not be in list.' }
        : undefined,
    matches(/^\d+x\d+[tbf]?$/),
  )
}
