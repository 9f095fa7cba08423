import { type SQL, sql } from 'drizzle-orm'
import { toTextList } from '#go-compat/casts.ts'
import { bareType, isContentType } from '#go-compat/content-type/content-type.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { isContradicted } from '#go-compat/content-type/file-endings.ts'
import { eachFault, issuesOf, firstIssue, matches } from '#go-compat/validation-rules.ts'
import { createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { type FieldShape, oneOrMany } from '#fields/definition/field-shape.ts'
import type { DatabaseCheck, FieldValue, UploadedFile } from '#fields/definition/field-type.ts'
import {
  addedTo,
  knownList,
  listParameter,
  type MultiValue,
  multiValue,
  valuesOf,
} from '#fields/values/multi-value.ts'
import { commonOptions, flag, integer, sizeFault, texts } from '#fields/definition/options.ts'
import { countOf } from '#fields/values/value-count.ts'

const defaultMaxSize = 5 * 2 ** 20

/**
 * The names of one or many stored files. Each is a name the record already has, or that of an
 * upload.
 */
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
    issuesOf({
      maxSelect: sizeFault(maxSelect),
      maxSize: sizeFault(maxSize),
      thumbs: eachFault(thumbs ?? [], thumbFault),
    }),
  compile(definition) {
    const maxSelect = Math.max(definition.maxSelect, 1)
    const maxSize = definition.maxSize || defaultMaxSize
    const behaviour = multiValue(maxSelect)
    return createField<MultiValue>(definition, {
      ...behaviour,
      isFile: true,
      shape: (use) =>
        use === 'read'
          ? oneOrMany(behaviour.isMultiple, { type: 'string' }, {})
          : oneOrMany(
              behaviour.isMultiple,
              { type: 'string', format: 'binary', ...typesNote(definition.mimeTypes ?? []) },
              { maxItems: maxSelect },
            ),
      isProtected: definition.protected,
      thumbs: definition.thumbs ?? [],
      normalise: (input) => {
        const names = namesIn(input)
        return behaviour.isMultiple ? names : (names.at(-1) ?? '')
      },
      namedFiles,
      storedFiles: valuesOf,
      bodyBytes: maxSize * maxSelect,
      lookups: (value, { stored, uploaded }) => {
        const named = namedFiles(value)
        const sent = uploaded.filter(({ name }) => named.includes(name))
        const others = named.filter((name) => sent.every((file) => file.name !== name))
        return [
          ...ownership(others, stored && ownedNames(stored, behaviour.isMultiple)),
          ...tooMany(value, maxSelect, behaviour.isMultiple),
          ...sent.flatMap((file) => [
            ...tooLarge(file, maxSize),
            ...wrongType(file, definition.mimeTypes ?? []),
            ...wrongEnding(file),
          ]),
        ]
      },
    })
  },
})

function typesNote(mimeTypes: readonly string[]): Pick<FieldShape, 'description'> {
  return mimeTypes.length === 0 ? {} : { description: `One of: ${mimeTypes.join(', ')}.` }
}

const maxDepth = 100

/** The names in an input. An element of a list counts if it contains exactly one. */
function namesIn(input: unknown, depth = 0): string[] {
  if (!Array.isArray(input)) return toTextList(input)
  if (depth > maxDepth) return []
  const named = input.map((element) => namesIn(element, depth + 1))
  return [...new Set(named.filter((names) => names.length === 1).flat())]
}

function namedFiles(value: FieldValue): readonly string[] {
  return 'known' in value ? knownList(value) : addedTo(value)
}

/** Stops a record from claiming another record's file by guessing its name. */
function ownership(names: readonly string[], owned: SQL | undefined): DatabaseCheck[] {
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

function tooLarge({ originalName, sizeBytes }: UploadedFile, maxSize: number): DatabaseCheck[] {
  if (sizeBytes <= maxSize) return []
  const issue = {
    code: 'validation_file_size_limit',
    message: `Failed to upload ${originalName} - the maximum allowed file size is ${maxSize} bytes.`,
    params: { file: originalName, maxSize },
  }
  return [{ violated: sql`1`, issue }]
}

function wrongType(
  { name, contentType }: UploadedFile,
  mimeTypes: readonly string[],
): DatabaseCheck[] {
  if (mimeTypes.length === 0 || mimeTypes.some((type) => isContentType(contentType, type)))
    return []
  const issue = {
    code: 'validation_invalid_mime_type',
    message: `"${name}" mime type must be one of: ${mimeTypes.join(', ')}.`,
  }
  return [{ violated: sql`1`, issue }]
}

/** Stops a script that validates as an image but runs as a script in a browser. */
function wrongEnding({ name, contentType }: UploadedFile): DatabaseCheck[] {
  if (!isContradicted(name, contentType)) return []
  const issue = {
    code: 'validation_invalid_mime_type',
    message: `"${name}" does not match its extension: its content is ${bareType(contentType)}.`,
  }
  return [{ violated: sql`1`, issue }]
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
  return firstIssue(
    thumb,
    () =>
      noThumbs.includes(thumb)
        ? { code: 'validation_not_in_invalid', message: 'Must not be in list.' }
        : undefined,
    matches(/^\d+x\d+[tbf]?$/),
  )
}
