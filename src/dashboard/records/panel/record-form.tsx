import type { CollectionField, RecordModel } from 'pocketbase'
import { type KeyboardEvent, lazy, Suspense, useCallback, useEffect, useRef } from 'react'
import { readRecordNow, useSaveRecord } from '#dashboard/api/records/records.ts'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { DraftGuard } from '#dashboard/shell/draft/draft-guard.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { useDraft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Note, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { FailureSummary } from './failure-summary.tsx'
import { FormFields } from './form-fields.tsx'
import {
  bodyOf,
  faultsOf,
  formFieldsOf,
  formValues,
  isAccountField,
  keepableValues,
  type Values,
} from './form-values.ts'
import { PanelHead } from './panel-head.tsx'
import type { RecordPanelProps } from './panel-props.ts'
import { type PanelTab, PanelTabs } from './panel-tabs.tsx'
import styles from '#dashboard/records/records.module.css'
import { ReferencedBy } from './referenced-by.tsx'
import { ServerValues } from './server-values.tsx'

const AccountTab = lazy(async () => ({
  default: (await import('#dashboard/records/account/account-tab.tsx')).AccountTab,
}))

interface RecordFormProps extends RecordPanelProps {
  readonly record: RecordModel | undefined
  readonly values: Values
}

/** The panel of a record: one input a field, and what the server says about each. */
export function RecordForm(props: RecordFormProps) {
  const { collection, record, isReadOnly, onClose, onOpen, onStep } = props
  const isNew = record === undefined
  const panel = usePanelFocus()
  const draft = useRecordDraft(props)
  const { value, isDirty, isSaving, failure, conflict } = draft

  const submit = async (afterwards: 'stay' | 'close' = 'stay'): Promise<void> => {
    if (isReadOnly || isSaving) return
    if (!isDirty && !isNew) {
      if (afterwards === 'close') onClose()
      return
    }
    if (!(await draft.check())) return
    const saved = await draft.save()
    if (saved === undefined) return
    showToast({ text: t.general.saved })
    if (afterwards === 'close') onClose()
    else if (isNew) onOpen(saved['id'] as string)
  }

  useShortcuts([
    { keys: 'Mod+S', label: t.records.save, run: () => void submit() },
    { keys: 'Mod+Enter', label: t.records.saveAndClose, run: () => void submit('close') },
    { keys: 'Alt+ArrowUp', label: t.records.previous, run: () => onStep(-1) },
    { keys: 'Alt+ArrowDown', label: t.records.next, run: () => onStep(1) },
  ])

  const tabs = tabsOf(props)
  const tab = tabs.find((each) => each === props.tab) ?? 'fields'
  const title = isNew ? t.records.newTitle({ name: collection.name }) : labelOf(record, collection)
  const fields = shownFields(props)
  const [account, plain] = tabs.includes('account') ? split(fields) : [[], fields]
  const form = {
    ...props,
    values: value,
    errors: draft.errors,
    isReadOnly,
    onChange: (name: string, next: unknown) => draft.change((now) => ({ ...now, [name]: next })),
  }
  const errorCounts = {
    fields: countErrors(draft.errors, plain),
    account: countErrors(draft.errors, account),
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes the panel wherever the focus is in it
    <aside
      ref={panel}
      className={styles.panel}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (isEscape(event)) onClose()
      }}
    >
      <PanelHead {...props} title={title} />
      {tabs.length > 1 && <PanelTabs tabs={tabs} current={tab} errors={errorCounts} />}
      <form
        className={styles.panelBody}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {isReadOnly && (
          <Note>{collection.type === 'view' ? t.records.readOnly : t.records.viewAs.readOnly}</Note>
        )}
        {!isReadOnly && <DraftGuard draft={draft} />}
        {failure !== undefined && <FailureSummary failure={failure} fields={fields} />}
        {/* Inputs keep what is half typed while another part is shown. */}
        <div className={styles.fields} hidden={tab !== 'fields'}>
          <FormFields {...form} fields={plain} />
          {!isNew && <ServerValues {...props} record={record} />}
        </div>
        {record !== undefined && tab === 'account' && (
          <Suspense fallback={<Skeleton lines={8} />}>
            <AccountTab collection={collection} record={record}>
              <div className={styles.fields}>
                <FormFields {...form} fields={account} />
              </div>
            </AccountTab>
          </Suspense>
        )}
        {record !== undefined && tab === 'references' && (
          <ReferencedBy {...props} recordId={record.id} />
        )}
      </form>
      {!isReadOnly && (
        <div className={styles.panelFoot}>
          <span role="status">{isDirty && !isNew ? t.records.unsaved : ''}</span>
          {isDirty && !isNew && <Button onClick={draft.discard}>{t.records.discard}</Button>}
          <Button
            look="primary"
            shortcut="Ctrl+S"
            isBusy={isSaving}
            disabledReason={isDirty || isNew ? undefined : t.records.nothingToSave}
            onClick={() => void submit()}
          >
            {isNew ? t.records.create : t.records.save}
          </Button>
        </div>
      )}
      {conflict !== undefined && (
        <ConflictDialog draft={draft} stored={conflict.stored} names={conflict.parts} />
      )}
    </aside>
  )
}

/** The draft of a record. Only what differs from the stored values is sent. */
function useRecordDraft({ collection, record, values, expand }: RecordFormProps) {
  const { mutateAsync } = useSaveRecord(collection.name, expand)
  const id = record?.id
  return useDraft<Values>({
    address: `/c/${collection.id}/${id ?? 'new'}`,
    base: values,
    ...(id === undefined
      ? {}
      : {
          read: async () => formValues(collection, await readRecordNow(collection.name, id)),
          isGuarded: true,
        }),
    save: async (value, base) =>
      formValues(
        collection,
        await mutateAsync({
          id,
          body: bodyOf(collection, value, id === undefined ? {} : base),
          known: base,
        }),
      ),
    faultsOf,
    forStorage: useCallback(
      (value: Values, base: Values) => keepableValues(collection, value, base),
      [collection],
    ),
  })
}

/** The heading shows the id of a record; a new one may be given its own, which is rare. */
function shownFields({ collection, record }: RecordFormProps) {
  const fields = formFieldsOf(collection)
  const ids = fields.filter((field) => field['primaryKey'] === true)
  const others = fields.filter((field) => field['primaryKey'] !== true)
  return record === undefined ? [...others, ...ids] : others
}

/** The parts of the panel. A new record has its fields only. */
function tabsOf({ collection, record, isReadOnly }: RecordFormProps): readonly PanelTab[] {
  if (record === undefined || isReadOnly) return ['fields']
  return collection.type === 'auth' ? ['fields', 'account', 'references'] : ['fields', 'references']
}

/** The fields of the account, and the others. */
function split(fields: readonly CollectionField[]): [CollectionField[], CollectionField[]] {
  return [fields.filter(isAccountField), fields.filter((field) => !isAccountField(field))]
}

function countErrors(
  errors: ReadonlyMap<string, string>,
  fields: readonly CollectionField[],
): number {
  const names = new Set([...errors.keys()].map((path) => path.split('.')[0]))
  return fields.filter(({ name }) => names.has(name)).length
}

/** The focus moves in with the panel, or the keyboard could not reach it. */
function usePanelFocus() {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (panel.current?.contains(document.activeElement) === true) return
    panel.current?.querySelector('h2')?.focus({ preventScroll: true })
  }, [])
  return panel
}

/** True for an Escape that no open menu, dialog or picker has taken. */
function isEscape({ key, defaultPrevented }: KeyboardEvent): boolean {
  if (key !== 'Escape' || defaultPrevented) return false
  return document.querySelector('dialog[open], :popover-open') === null
}
