import { useState } from 'react'
import { useImportCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { withKey } from '#dashboard/schema/changes/changes-dialog.tsx'
import type { Definition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './definitions.module.css'
import { DifferenceList } from './difference-list.tsx'
import { type Difference, differencesOf, type ImportMode } from './differences.ts'
import { type DocumentItem, readDocument } from './document.ts'
import { DocumentInput } from './document-input.tsx'

const texts = t.definitions

/** Reads a document, shows all that it would change, and imports it once each loss is ticked. */
export function ImportForm({ collections }: { readonly collections: readonly Definition[] }) {
  const [text, setText] = useState('')
  const [mode, setMode] = useState<ImportMode>('merge')
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const { items, fault } = text.trim() === '' ? {} : readDocument(text)
  const change = (next: () => void): void => {
    next()
    setTicked(new Set())
  }
  return (
    <section className={styles.section} aria-label={texts.importTitle}>
      <h2>{texts.importTitle}</h2>
      <DocumentInput
        text={text}
        mode={mode}
        fault={fault}
        onText={(next) => change(() => setText(next))}
        onMode={(next) => change(() => setMode(next))}
      />
      {items !== undefined && (
        <Import
          items={items}
          mode={mode}
          differences={differencesOf(items, collections, mode)}
          ticked={ticked}
          onTick={(key, isTicked) => setTicked((now) => withKey(now, key, isTicked))}
        />
      )}
    </section>
  )
}

interface ImportProps {
  readonly items: readonly DocumentItem[]
  readonly mode: ImportMode
  readonly differences: readonly Difference[]
  readonly ticked: ReadonlySet<string>
  readonly onTick: (key: string, isTicked: boolean) => void
}

function Import({ items, mode, differences, ticked, onTick }: ImportProps) {
  const { mutateAsync, isPending, error } = useImportCollections()
  const isMissing = differences.some(({ changes }) =>
    changes.some(({ key, needsConsent }) => needsConsent && !ticked.has(key)),
  )
  const run = async (): Promise<void> => {
    await mutateAsync({ items, deleteMissing: mode === 'replace' })
    showToast({ text: texts.imported })
  }
  if (differences.length === 0) return <Note look="success">{texts.same}</Note>
  return (
    <>
      {error !== null && <FailureNote title={texts.notImported} failure={readFailure(error)} />}
      <DifferenceList differences={differences} ticked={ticked} onTick={onTick} />
      <div>
        <Button
          look="primary"
          isBusy={isPending}
          disabledReason={isMissing ? t.schema.changes.unticked : undefined}
          onClick={() => void run().catch(() => undefined)}
        >
          {texts.import({ count: differences.length })}
        </Button>
      </div>
    </>
  )
}
