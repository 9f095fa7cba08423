import { Download } from 'lucide-react'
import { useState } from 'react'
import type { Definition } from '#dashboard/schema/definition.ts'
import { withKey } from '#dashboard/schema/changes/changes-dialog.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Checkbox, FieldGroup } from '#dashboard/ui/field.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import styles from './definitions.module.css'
import { writeDocument } from './document.ts'

const texts = t.definitions

/** Chooses collections, and writes their definitions into a file that PocketBase reads as well. */
export function ExportForm({ collections }: { readonly collections: readonly Definition[] }) {
  const [left, setLeft] = useState<ReadonlySet<string>>(
    () => new Set(collections.filter(({ system }) => system).map(({ id }) => id)),
  )
  const chosen = collections.filter(({ id }) => !left.has(id))
  const text = writeDocument(chosen)
  return (
    <section className={styles.section} aria-label={texts.exportTitle}>
      <h2>{texts.exportTitle}</h2>
      <FieldGroup label={texts.collections}>
        <div className={styles.names}>
          {collections.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              isChecked={!left.has(id)}
              onChange={(isChosen) => setLeft((now) => withKey(now, id, !isChosen))}
            />
          ))}
        </div>
      </FieldGroup>
      <div>
        <h3>{texts.leftOutTitle}</h3>
        <ul className={styles.list}>
          {texts.leftOut.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
      <div className={styles.actions}>
        <Button
          look="primary"
          icon={Download}
          disabledReason={chosen.length === 0 ? texts.noneChosen : undefined}
          onClick={() => saveFile('collections.json', text, 'application/json')}
        >
          {texts.download({ count: chosen.length })}
        </Button>
        <CopyButton text={text} label={texts.copy} />
      </div>
    </section>
  )
}
