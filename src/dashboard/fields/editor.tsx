import { lazy, Suspense, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor } from '#dashboard/ui/code-editor/code-editor.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { TextCell } from '#dashboard/fields/input/cells.tsx'
import { textCodec } from '#dashboard/fields/values/csv-codec.ts'
import { asText, type FieldType, type InputProps } from './field-type.ts'
import { FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'

const RichText = lazy(async () => ({
  default: (await import('#dashboard/fields/rich-text/rich-text.tsx')).RichText,
}))

/** Rich text, stored as HTML. */
export const editor: FieldType = {
  letters: 'Ed',
  label: t.fields.types.editor,
  width: 260,
  isText: true,
  isSortable: false,
  csv: textCodec,
  initial: () => '',
  Cell: ({ value }) => <TextCell text={plainText(asText(value))} />,
  Input: EditorInput,
}

/** The text of HTML without its markup. A parsed document runs and loads nothing. */
function plainText(html: string): string {
  const { body } = new DOMParser().parseFromString(html.slice(0, 2000), 'text/html')
  return body.textContent.trim().replace(/\s+/g, ' ').slice(0, 200)
}

/**
 * Edits HTML as it looks, unless that would change markup that the editor does not know: then as
 * source, and an unedited value is never sent.
 */
function EditorInput({ field, value, onChange, error, isReadOnly }: InputProps) {
  const html = asText(value)
  const [mode, setMode] = useState<'visual' | 'source'>('visual')
  const [isLossy, setLossy] = useState(false)
  return (
    <FieldInputGroup field={field} error={error}>
      {isLossy && mode === 'source' && <Note look="warning">{t.fields.lost}</Note>}
      {mode === 'visual' ? (
        <Suspense fallback={<div className={styles.none}>{t.general.loading}</div>}>
          <RichText
            label={field.name}
            value={html}
            isReadOnly={isReadOnly}
            onChange={onChange}
            onLossy={() => {
              setLossy(true)
              setMode('source')
            }}
          />
        </Suspense>
      ) : (
        <CodeEditor
          label={field.name}
          language="html"
          value={html}
          isReadOnly={isReadOnly}
          onChange={onChange}
        />
      )}
      {!isLossy && (
        <span>
          <Button
            size="small"
            look="quiet"
            onClick={() => setMode(mode === 'visual' ? 'source' : 'visual')}
          >
            {mode === 'visual' ? t.fields.source : t.fields.visual}
          </Button>
        </span>
      )}
    </FieldInputGroup>
  )
}
