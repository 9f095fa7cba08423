import type { CollectionModel } from 'pocketbase'
import { useRef, useState } from 'react'
import { readCollection, useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import {
  planSchema,
  type SchemaPlan,
  type SchemaRequest,
  useApplySchema,
} from '#dashboard/api/schema.ts'
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
import { judgeChanges, refusalOf } from '#dashboard/schema/changes/judge-changes.ts'
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
  const { mutateAsync } = useApplySchema()
  const { data: collections = [] } = useCollections()
  const [plan, setPlan] = useState<SchemaPlan>()
  const [isPlanning, setPlanning] = useState(false)
  const allowed = useRef<readonly string[]>([])
  const draft = useDraft<Definition>({
    address: `/c/${collection.id}/schema`,
    base: definitionOf(collection),
    forStorage: changedParts,
    read: async () => definitionOf(await readCollection(collection.id)),
    save: async (value, base) => {
      if (plan === undefined) throw new Error('There is no plan.')
      const { revision } = plan
      await mutateAsync({ ...requestOf(value, base), revision, allow: allowed.current })
      return definitionOf(await readCollection(base.id))
    },
  })
  const { base, value, failure, errors, isDirty } = draft
  const ask = async (): Promise<void> => {
    if (!isDirty || isPlanning || !(await draft.check())) return
    setPlanning(true)
    try {
      const found = await planSchema(requestOf(value, base))
      const refusal = refusalOf(found, value)
      if (refusal === undefined) setPlan(found)
      else draft.refuse(refusal)
    } catch (error) {
      draft.refuse(readFailure(error))
    }
    setPlanning(false)
  }
  const save = async (allow: readonly string[]): Promise<void> => {
    allowed.current = allow
    setPlan(undefined)
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
      {isDirty && <SaveBar draft={draft} isPlanning={isPlanning} onSave={() => void ask()} />}
      {plan !== undefined && (
        <ChangesDialog
          collection={collection.name}
          changes={judgeChanges(changesBetween(base, value, collections.map(definitionOf)), plan, {
            base,
            next: value,
          })}
          onConfirm={(allow) => void save(allow)}
          onClose={() => setPlan(undefined)}
        />
      )}
      <ConflictDialog draft={draft} />
    </div>
  )
}

/** Only the changed parts are sent, so that hidden secrets stay. */
function requestOf(value: Definition, base: Definition): SchemaRequest {
  const changed = differentParts(base, value).map((key) => [key, value[key]] as const)
  const { id, name, type } = value
  const definition = { ...Object.fromEntries(changed), id, name, type }
  return { collections: [definition], source: 'dashboard' }
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
  readonly isPlanning: boolean
  readonly onSave: () => void
}

function SaveBar({ draft, isPlanning, onSave }: BarProps) {
  return (
    <div className={styles.bar} role="region" aria-label={t.schema.unsaved}>
      <span>{t.schema.unsaved}</span>
      <Button look="quiet" onClick={draft.discard}>
        {t.schema.discard}
      </Button>
      <Button
        look="primary"
        isBusy={draft.isSaving || isPlanning}
        shortcut="Ctrl+S"
        onClick={onSave}
      >
        {t.schema.save}
      </Button>
    </div>
  )
}
