import { Copy, Ellipsis, Link as LinkIcon, Trash2, X } from 'lucide-react'
import type { CollectionField, RecordModel } from 'pocketbase'
import { useEffect, useRef, useState } from 'react'
import { describeFailure, type Failure, readFailure } from '#dashboard/api/failure.ts'
import { readRecordNow, useSaveRecord } from '#dashboard/api/records.ts'
import { FieldTypeContext } from '#dashboard/fields/field-type-context.ts'
import { labelOf } from '#dashboard/fields/record-label.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { type Conflict, ConflictDialog } from './conflict-dialog.tsx'
import {
  bodyOf,
  changedMeanwhile,
  faultsOf,
  formFieldsOf,
  formValues,
  secretsOf,
  serverFieldsOf,
} from './form-values.ts'
import type { RecordPanelProps } from './panel-props.ts'
import { useLeaveQuestion } from './use-leave-question.ts'
import styles from './records.module.css'
import { useDraft, type Values } from './use-draft.ts'

interface RecordFormProps extends RecordPanelProps {
  readonly record: RecordModel | undefined
  readonly values: Values
}

/** The form of a record: one input a field, and what the server says about each. */
export function RecordForm(props: RecordFormProps) {
  const { collection, record, values, expand, onClose, onOpen, onStep } = props
  const isReadOnly = collection.type === 'view'
  const address = `${collection.id}/${record?.id ?? 'new'}`
  const draft = useDraft({ address, base: values, secrets: secretsOf(collection) })
  const save = useSaveRecord(collection.name, expand)
  const [failure, setFailure] = useState<Failure>()
  const [conflict, setConflict] = useState<Conflict>()
  const [isChecking, setChecking] = useState(false)
  const panel = useRef<HTMLElement>(null)
  // A save leads to the address of the new record at once, before the form has rendered as clean.
  const isLeaving = useRef(false)
  const isDirty = draft.changed.length > 0
  const leaving = useLeaveQuestion(() => isDirty && !isLeaving.current)
  const isNew = record === undefined

  const send = async (
    names: readonly string[],
    all: Values,
    afterwards: 'stay' | 'close',
  ): Promise<void> => {
    setFailure(undefined)
    try {
      const saved = await save.mutateAsync({ id: record?.id, body: bodyOf(collection, all, names) })
      draft.forget()
      isLeaving.current = isNew || afterwards === 'close'
      const stored = formValues(collection, saved)
      draft.rebase(stored, stored)
      showToast({ text: t.general.saved })
      if (afterwards === 'close') onClose()
      else if (isNew) onOpen(saved.id)
    } catch (error) {
      setFailure(readFailure(error))
      focusSummary(panel.current)
    }
  }
  const submit = async (afterwards: 'stay' | 'close' = 'stay'): Promise<void> => {
    if (isReadOnly || save.isPending || isChecking) return
    const faults = faultsOf(draft.value)
    if (faults.size > 0) {
      setFailure({ status: 400, message: '', fields: faults })
      focusSummary(panel.current)
      return
    }
    if (isNew) {
      const given = Object.keys(draft.value).filter((name) => draft.value[name] !== '')
      await send(given, draft.value, afterwards)
      return
    }
    if (!isDirty) {
      if (afterwards === 'close') onClose()
      return
    }
    setChecking(true)
    try {
      const stored = await readRecordNow(collection.name, record.id)
      const names = changedMeanwhile(collection, draft.base, stored)
      if (names.length === 0) await send(draft.changed, draft.value, afterwards)
      else setConflict({ stored, names })
    } catch (error) {
      setFailure(readFailure(error))
    } finally {
      setChecking(false)
    }
  }

  useShortcuts([
    { keys: 'Mod+S', label: t.records.save, run: () => void submit() },
    { keys: 'Mod+Enter', label: t.records.saveAndClose, run: () => void submit('close') },
    { keys: 'Alt+ArrowUp', label: t.records.previous, run: () => onStep(-1) },
    { keys: 'Alt+ArrowDown', label: t.records.next, run: () => onStep(1) },
  ])
  useEscape(panel, onClose)

  const title = isNew ? t.records.newTitle({ name: collection.name }) : labelOf(record, collection)
  // The heading shows the id of a record; a new one may be given its own, which is rare.
  const [ids, others] = partition(formFieldsOf(collection), (field) => field['primaryKey'] === true)
  const fields = isNew ? [...others, ...ids] : others
  const orphans = [...(failure?.fields ?? [])].filter(
    ([path]) => !fields.some(({ name }) => path.split('.')[0] === name),
  )
  return (
    <aside ref={panel} className={styles.panel} aria-label={title} tabIndex={-1}>
      <PanelHead {...props} title={title} />
      <form
        className={styles.panelBody}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {isReadOnly && <Note>{t.records.readOnly}</Note>}
        {draft.kept !== undefined && !isReadOnly && (
          <Note>
            <span>{t.drafts.kept}</span>
            <span>
              <Button size="small" onClick={draft.useKept}>
                {t.drafts.take}
              </Button>{' '}
              <Button size="small" look="quiet" onClick={draft.forget}>
                {t.drafts.drop}
              </Button>
            </span>
          </Note>
        )}
        {failure !== undefined && (
          <div data-summary tabIndex={-1}>
            <Note look="danger" role="alert">
              <strong>
                {failure.status === 0 || failure.status >= 500
                  ? t.records.saveUnconfirmed
                  : t.errors.notSaved({ count: failure.fields.size })}
              </strong>
              {failure.fields.size === 0 && <span>{describeFailure(failure)}</span>}
              <ErrorLinks failure={failure} panel={panel} />
              {orphans.map(([path, message]) => (
                <span key={path}>
                  {path}: {message}
                </span>
              ))}
            </Note>
          </div>
        )}
        {fields.map((field) => (
          <FormField
            key={field.id}
            {...props}
            field={field}
            value={draft.value[field.name]}
            error={errorOf(failure, field)}
            isReadOnly={isReadOnly}
            onChange={(value) => draft.set(field.name, value)}
          />
        ))}
        {!isNew && <ServerValues {...props} record={record} />}
      </form>
      {!isReadOnly && (
        <div className={styles.panelFoot}>
          <span role="status">{isDirty && !isNew ? t.records.unsaved : ''}</span>
          {isDirty && !isNew && <Button onClick={draft.reset}>{t.records.discard}</Button>}
          <Button
            look="primary"
            shortcut="Ctrl+S"
            isBusy={save.isPending || isChecking}
            disabledReason={isDirty || isNew ? undefined : t.records.nothingToSave}
            onClick={() => void submit()}
          >
            {isNew ? t.records.create : t.records.save}
          </Button>
        </div>
      )}
      {conflict !== undefined && (
        <ConflictDialog
          collection={collection}
          conflict={conflict}
          base={draft.base}
          mine={draft.value}
          onClose={() => setConflict(undefined)}
          onResolve={(merged) => {
            draft.rebase(formValues(collection, conflict.stored), merged)
            setConflict(undefined)
          }}
        />
      )}
      {leaving.status === 'blocked' && (
        <ConfirmDialog
          title={t.drafts.leaveTitle}
          action={t.drafts.leaveAction}
          onConfirm={leaving.proceed}
          onClose={leaving.reset}
        >
          <p>{t.drafts.leave}</p>
        </ConfirmDialog>
      )}
    </aside>
  )
}

function partition<Item>(
  list: readonly Item[],
  isFirst: (item: Item) => boolean,
): [Item[], Item[]] {
  return [list.filter(isFirst), list.filter((item) => !isFirst(item))]
}

function PanelHead(props: RecordFormProps & { readonly title: string }) {
  const { collection, record, title, onClose, onCopy, onDelete } = props
  const isView = collection.type === 'view'
  return (
    <div className={styles.panelHead}>
      <div className={styles.panelTitle}>
        <h2 tabIndex={-1} title={title}>
          {title}
        </h2>
        {record !== undefined && (
          <span className={styles.id}>
            <code>{record.id}</code>
            <CopyButton text={record.id} />
          </span>
        )}
      </div>
      {record !== undefined && (
        <Menu
          label={t.general.more}
          items={[
            ...(isView
              ? []
              : [{ label: t.records.duplicate, icon: Copy, onSelect: () => onCopy(record.id) }]),
            {
              label: t.records.copyJson,
              icon: Copy,
              onSelect: () => void copy(JSON.stringify(record, null, 2)),
            },
            { label: t.records.copyLink, icon: LinkIcon, onSelect: () => void copy(location.href) },
            ...(isView
              ? []
              : [
                  {},
                  {
                    label: t.records.deleteConfirm({ count: 1 }),
                    icon: Trash2,
                    look: 'danger' as const,
                    onSelect: () => onDelete(record.id),
                  },
                ]),
          ]}
          trigger={(trigger) => <IconButton {...trigger} icon={Ellipsis} label={t.general.more} />}
        />
      )}
      <IconButton icon={X} label={t.general.close} shortcut="Esc" onClick={onClose} />
    </div>
  )
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  showToast({ text: t.general.copied })
}

interface FormFieldProps extends RecordFormProps {
  readonly field: CollectionField
  readonly value: unknown
  readonly error: string | undefined
  readonly isReadOnly: boolean
  readonly onChange: (value: unknown) => void
}

function FormField({ field, ...rest }: FormFieldProps) {
  const type = fieldTypeOf(field)
  const { Input } = type
  if (Input === undefined) return null
  return (
    <div data-field={field.name}>
      <FieldTypeContext value={type}>
        <Input field={field} {...rest} />
      </FieldTypeContext>
    </div>
  )
}

/** The values that the server sets, such as times. */
function ServerValues({
  collection,
  collections,
  record,
}: RecordFormProps & { readonly record: RecordModel }) {
  const fields = serverFieldsOf(collection)
  if (fields.length === 0) return null
  return (
    <dl className={styles.meta}>
      {fields.map((field) => {
        const { Cell } = fieldTypeOf(field)
        return (
          <div key={field.id} style={{ display: 'contents' }}>
            <dt>{field.name}</dt>
            <dd>
              {Cell !== undefined && (
                <Cell {...{ field, record, collection, collections }} value={record[field.name]} />
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

interface ErrorLinksProps {
  readonly failure: Failure
  readonly panel: React.RefObject<HTMLElement | null>
}

/** The summary of errors is rendered before the next frame. */
function focusSummary(panel: HTMLElement | null): void {
  requestAnimationFrame(() => panel?.querySelector<HTMLElement>('[data-summary]')?.focus())
}

/** Leads from the summary to the fields that need attention. */
function ErrorLinks({ failure, panel }: ErrorLinksProps) {
  const names = [...new Set([...failure.fields.keys()].map((path) => path.split('.')[0] ?? ''))]
  const go = (name: string): void => {
    const place = panel.current?.querySelector(`[data-field="${CSS.escape(name)}"]`)
    place?.querySelector<HTMLElement>('input, textarea, select, button, [contenteditable]')?.focus()
  }
  return (
    <ul className={styles.errors}>
      {names.map((name) => (
        <li key={name}>
          <button type="button" onClick={() => go(name)}>
            {name}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The error of a field; a part of its value may have it, as `images.0`. */
function errorOf(failure: Failure | undefined, { name }: CollectionField): string | undefined {
  const errors = [...(failure?.fields ?? [])].filter(
    ([path]) =>
      path === name ||
      path.startsWith(`${name}.`) ||
      (name === 'password' && path === 'passwordConfirm'),
  )
  return errors.length === 0 ? undefined : errors.map(([, message]) => message).join(' ')
}

/** Escape closes the panel, wherever the focus is in it; open menus and dialogs hear it first. */
function useEscape(panel: React.RefObject<HTMLElement | null>, onClose: () => void): void {
  const latest = useRef(onClose)
  useEffect(() => {
    latest.current = onClose
  })
  useEffect(() => {
    const element = panel.current
    // The focus moves in with the panel, or the keyboard could not reach it.
    if (element?.contains(document.activeElement) === false) element.focus({ preventScroll: true })
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('dialog[open], :popover-open') !== null) return
      latest.current()
    }
    element?.addEventListener('keydown', press)
    return () => element?.removeEventListener('keydown', press)
  }, [panel])
}
