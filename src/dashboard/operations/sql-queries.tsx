import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { clearRecent, forgetQuery, readRecent, readSaved, saveQuery } from './sql-store.ts'
import styles from './sql.module.css'

const texts = t.operations.sql

interface QueriesDialogProps {
  readonly onChoose: (text: string) => void
  readonly onClose: () => void
}

/** Saved queries and those that were run lately. */
export function QueriesDialog({ onChoose, onClose }: QueriesDialogProps) {
  const [saved, setSaved] = useState(readSaved)
  const [recent, setRecent] = useState(readRecent)
  return (
    <Dialog title={texts.queriesTitle} width="wide" onClose={onClose}>
      <h3>{texts.savedHeading}</h3>
      {saved.length === 0 ? (
        <p className={styles.none}>{texts.noneSaved}</p>
      ) : (
        <ul className={styles.queries}>
          {saved.map(({ name, text }) => (
            <li key={name}>
              <button type="button" className={styles.query} onClick={() => onChoose(text)}>
                <strong>{name}</strong>
                <code>{text}</code>
              </button>
              <IconButton
                icon={Trash2}
                label={texts.forget({ name })}
                onClick={() => {
                  forgetQuery(name)
                  setSaved(readSaved())
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <h3>{texts.recentHeading}</h3>
      {recent.length === 0 ? (
        <p className={styles.none}>{texts.noneRecent}</p>
      ) : (
        <>
          <ul className={styles.queries}>
            {recent.map((text) => (
              <li key={text}>
                <button type="button" className={styles.query} onClick={() => onChoose(text)}>
                  <code>{text}</code>
                </button>
              </li>
            ))}
          </ul>
          <div>
            <Button
              size="small"
              onClick={() => {
                clearRecent()
                setRecent([])
              }}
            >
              {texts.clearRecent}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}

interface SaveDialogProps {
  readonly text: string
  readonly onClose: () => void
}

/** Asks for the name under which a query is saved. */
export function SaveDialog({ text, onClose }: SaveDialogProps) {
  const [name, setName] = useState('')
  const save = (): void => {
    if (name.trim() === '') return
    saveQuery({ name: name.trim(), text })
    onClose()
    showToast({ text: texts.saved })
  }
  return (
    <Dialog
      title={texts.saveTitle}
      onClose={onClose}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary">
            {texts.save}
          </Button>
        </>
      }
    >
      <Field label={texts.saveName}>
        {(control) => (
          <TextInput
            {...control}
            data-initial-focus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
