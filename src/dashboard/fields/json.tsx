import { useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor } from '#dashboard/ui/code-editor/code-editor.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { jsonCodec } from '#dashboard/fields/values/csv-codec.ts'
import { type FieldType, InvalidInput, type InputProps } from './field-type.ts'
import { FieldInput } from '#dashboard/fields/input/field-input.tsx'

/** Any JSON. */
export const json: FieldType = {
  letters: 'Js',
  label: t.fields.types.json,
  width: 220,
  isSortable: false,
  csv: jsonCodec,
  initial: () => null,
  Cell: ({ value }) => (
    <TextCell
      text={value === null || value === undefined ? '' : JSON.stringify(value).slice(0, 80)}
      isMono
    />
  ),
  Input: JsonInput,
}

/** Keeps the text as it was typed; what it means is handed on while it is valid. */
function JsonInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const [typed, setTyped] = useState<string>()
  const wrong = typed === undefined ? undefined : faultOf(typed)
  const stored = textOf(value)
  const isCurrent = typed !== undefined && (wrong !== undefined || meansSame(typed, value))
  const shown = isCurrent ? typed : stored
  const problem =
    isCurrent && wrong !== undefined ? t.fields.invalidJson({ message: wrong }) : error
  return (
    <FieldInput field={field} error={problem}>
      {(control) => (
        <>
          <CodeEditor
            id={control.id}
            label={field.name}
            describedBy={control['aria-describedby']}
            language="json"
            value={shown}
            isReadOnly={isReadOnly}
            isInvalid={problem !== undefined}
            onChange={(text) => {
              setTyped(text)
              const fault = faultOf(text)
              onChange(
                fault === undefined
                  ? parse(text)
                  : new InvalidInput(text, t.fields.invalidJson({ message: fault })),
              )
            }}
          />
          {!isReadOnly && wrong === undefined && shown !== stored && (
            <span>
              <Button size="small" onClick={() => setTyped(stored)}>
                {t.fields.format}
              </Button>
            </span>
          )}
        </>
      )}
    </FieldInput>
  )
}

function textOf(value: unknown): string {
  if (value instanceof InvalidInput) return value.text
  return value === null || value === undefined ? '' : JSON.stringify(value, null, 2)
}

function parse(text: string): unknown {
  return text.trim() === '' ? null : JSON.parse(text)
}

function faultOf(text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function meansSame(text: string, value: unknown): boolean {
  return JSON.stringify(parse(text)) === JSON.stringify(value ?? null)
}
