import { useId } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Field, FieldGroup, RadioGroup, TextArea } from '#dashboard/ui/field.tsx'
import styles from './definitions.module.css'
import type { ImportMode } from './differences.ts'

interface InputProps {
  readonly text: string
  readonly mode: ImportMode
  readonly fault: string | undefined
  readonly onText: (text: string) => void
  readonly onMode: (mode: ImportMode) => void
}

const texts = t.definitions

/** A file or a pasted text, and what happens to collections that it does not name. */
export function DocumentInput({ text, mode, fault, onText, onMode }: InputProps) {
  const name = useId()
  return (
    <>
      <Field label={texts.file}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept="application/json,.json"
            className={styles.file}
            onChange={({ target }) => {
              const [file] = target.files ?? []
              if (file !== undefined) void file.text().then(onText)
            }}
          />
        )}
      </Field>
      <Field label={texts.text} help={texts.textHelp} error={fault}>
        {(control) => (
          <TextArea
            {...control}
            isMono
            rows={6}
            className={styles.text}
            value={text}
            spellCheck={false}
            autoCapitalize="off"
            onChange={({ target }) => onText(target.value)}
          />
        )}
      </Field>
      <FieldGroup label={texts.mode}>
        <RadioGroup<ImportMode>
          name={name}
          value={mode}
          options={[
            { value: 'merge', label: texts.merge, help: texts.mergeHelp },
            { value: 'replace', label: texts.replace, help: texts.replaceHelp },
          ]}
          onChange={onMode}
        />
      </FieldGroup>
    </>
  )
}
