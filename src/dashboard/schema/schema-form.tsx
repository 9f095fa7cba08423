import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { readCollection, useCollections, useSaveCollection } from '#dashboard/api/collections.ts'
import { DraftGuard } from '#dashboard/shell/draft/draft-guard.tsx'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { differentParts } from '#dashboard/shell/draft/same-value.ts'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { type Draft, useDraft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { changesBetween } from '#dashboard/schema/changes/changes.ts'
import { ChangesDialog } from '#dashboard/schema/changes/changes-dialog.tsx'
import { ConflictDialog } from '#dashboard/schema/changes/conflict-dialog.tsx'
import { type Definition, definitionOf } from './definition.ts'
import { SchemaPart } from './schema-part.tsx'
import { SchemaTabs } from './schema-tabs.tsx'
import styles from './schema.module.css'

interface FormProps {
  readonly collection: CollectionModel
  readonly part: string
  readonly onRenamed: (collection: CollectionModel) => void
}

/** One draft of the whole definition, whichever part of it is shown. */
export function SchemaForm({ collection, part, onRenamed }: FormProps) {
  const { mutateAsync } = useSaveCollection()
  const { data: collections = [] } = useCollections()
  const [isAsking, setAsking] = useState(false)
  const draft = useDraft<Definition>({
    address: `/c/${collection.id}/schema`,
    base: definitionOf(collection),
    forStorage: changedParts,
    read: async () => definitionOf(await readCollection(collection.id)),
    save: async (value, base) => {
      // Only the changed parts are sent, so that hidden secrets stay.
      const changed = differentParts(base, value).map((key) => [key, value[key]] as const)
      const saved = await mutateAsync({ ...Object.fromEntries(changed), id: base.id })
      return definitionOf(saved)
    },
  })
  const { failure, errors, isDirty } = draft
  const ask = async (): Promise<void> => {
    if (isDirty && (await draft.check())) setAsking(true)
  }
  const save = async (): Promise<void> => {
    setAsking(false)
    const saved = await draft.save()
    if (saved === undefined) return
    showToast({ text: t.general.saved })
    if (saved.name !== collection.name) onRenamed(saved as unknown as CollectionModel)
  }
  useShortcuts([{ keys: 'Mod+S', label: t.schema.save, run: () => void ask() }])
  return (
    <div className={styles.form}>
      <SchemaTabs collection={collection} part={part} errors={errors} />
      <TextColumn>
        <DraftGuard
          draft={draft}
          keeps={(path) => path.startsWith(`/c/${encodeURIComponent(collection.name)}/schema/`)}
        />
        {failure !== undefined && (
          <FailureNote
            title={t.errors.notSaved({ count: failure.fields.size })}
            failure={failure}
          />
        )}
        <SchemaPart part={part} draft={draft} />
      </TextColumn>
      {isDirty && <SaveBar draft={draft} onSave={() => void ask()} />}
      {isAsking && (
        <ChangesDialog
          collection={collection.name}
          changes={changesBetween(draft.base, draft.value, collections.map(definitionOf))}
          onConfirm={() => void save()}
          onClose={() => setAsking(false)}
        />
      )}
      <ConflictDialog draft={draft} />
    </div>
  )
}

/** The changed parts without secrets that were typed, which no draft may keep. */
function changedParts(value: Definition, base: Definition): Partial<Definition> {
  const parts = differentParts(base, value).map((key) => {
    const part = key === 'oauth2' ? withoutSecrets(value[key]) : value[key]
    return [key, part] as const
  })
  return Object.fromEntries(parts)
}

function withoutSecrets(oauth2: unknown): unknown {
  const { providers = [] } = oauth2 as { readonly providers?: readonly object[] }
  return {
    ...(oauth2 as object),
    providers: providers.map((provider) => ({ ...provider, clientSecret: undefined })),
  }
}

interface BarProps {
  readonly draft: Draft<Definition>
  readonly onSave: () => void
}

function SaveBar({ draft, onSave }: BarProps) {
  return (
    <div className={styles.bar} role="region" aria-label={t.schema.unsaved}>
      <span>{t.schema.unsaved}</span>
      <Button look="quiet" onClick={draft.discard}>
        {t.schema.discard}
      </Button>
      <Button look="primary" isBusy={draft.isSaving} shortcut="Ctrl+S" onClick={onSave}>
        {t.schema.save}
      </Button>
    </div>
  )
}
