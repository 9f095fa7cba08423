import { Ellipsis, Pencil, Smartphone, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  type Factor,
  useFactors,
  useRemoveFactor,
  useRenameFactor,
} from '#dashboard/api/factors.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useAccount } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { ConfirmDialog, Dialog } from '#dashboard/ui/dialog.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './factors.module.css'
import { NameField } from './name-field.tsx'

const { factors: text } = t

interface ListProps {
  readonly collection: string
  readonly recordId: string
}

/** The second factors of an account, each with a way to remove it. */
export function FactorList({ collection, recordId }: ListProps) {
  const { data, error, refetch } = useFactors(collection, recordId)
  const isOwn = useAccount()?.id === recordId
  const [asked, setAsked] = useState<{ readonly factor: Factor; readonly act: 'name' | 'remove' }>()
  const close = (): void => setAsked(undefined)
  if (error !== null) {
    return (
      <FailureNote
        title={text.unreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton lines={2} />
  const { items, recoveryCodes, required } = data
  return (
    <div className={styles.proof}>
      {required && <p className={styles.muted}>{text.required}</p>}
      {items.length === 0 ? (
        <p className={styles.muted}>{text.none}</p>
      ) : (
        <EntryList label={text.list}>
          {items.map((factor) => (
            <FactorEntry
              key={factor.id}
              factor={factor}
              isOwn={isOwn}
              onAsk={(act) => setAsked({ factor, act })}
            />
          ))}
        </EntryList>
      )}
      {items.length > 0 && (
        <p className={styles.muted}>{text.codesLeft({ count: recoveryCodes })}</p>
      )}
      {asked?.act === 'remove' && (
        <RemoveDialog
          factor={asked.factor}
          collection={collection}
          recordId={recordId}
          isOwn={isOwn}
          onClose={close}
        />
      )}
      {asked?.act === 'name' && (
        <RenameDialog
          factor={asked.factor}
          collection={collection}
          recordId={recordId}
          onClose={close}
        />
      )}
    </div>
  )
}

interface EntryProps {
  readonly factor: Factor
  readonly isOwn: boolean
  readonly onAsk: (act: 'name' | 'remove') => void
}

function FactorEntry({ factor, isOwn, onAsk }: EntryProps) {
  const { confirmed, created, lastUsed } = factor
  const name = nameOf(factor)
  return (
    <Entry
      icon={<Smartphone size={20} strokeWidth={1.75} aria-hidden />}
      name={name}
      marks={!confirmed && <Mark look="warning">{text.unconfirmed}</Mark>}
      meta={
        <>
          <span>
            {text.added} <Time value={created} />
          </span>
          <span>
            {lastUsed === '' ? (
              text.neverUsed
            ) : (
              <>
                {text.lastUsed} <Time value={lastUsed} />
              </>
            )}
          </span>
        </>
      }
      actions={
        <Menu
          label={text.actionsOf({ name })}
          items={[
            ...(isOwn ? [{ label: text.rename, icon: Pencil, onSelect: () => onAsk('name') }] : []),
            {
              label: text.remove,
              icon: Trash2,
              look: 'danger' as const,
              onSelect: () => onAsk('remove'),
            },
          ]}
          trigger={(trigger) => (
            <IconButton {...trigger} icon={Ellipsis} label={text.actionsOf({ name })} />
          )}
        />
      }
    />
  )
}

function nameOf({ name }: Factor): string {
  return name === '' ? text.untitled : name
}

interface DialogProps extends ListProps {
  readonly factor: Factor
  readonly onClose: () => void
}

function RemoveDialog(props: DialogProps & { readonly isOwn: boolean }) {
  const { factor, collection, recordId, isOwn, onClose } = props
  const remove = useRemoveFactor(collection, recordId)
  return (
    <ConfirmDialog
      title={text.removeTitle({ name: nameOf(factor) })}
      action={text.remove}
      isBusy={remove.isPending}
      onConfirm={() =>
        remove.mutate(factor.id, {
          onSuccess: () => {
            showToast({ text: text.removed })
            onClose()
          },
        })
      }
      onClose={onClose}
    >
      {remove.error !== null && (
        <FailureNote title={text.notRemoved} failure={readFailure(remove.error)} />
      )}
      <p>{isOwn ? text.removeOwn : text.removeOther}</p>
    </ConfirmDialog>
  )
}

function RenameDialog({ factor, collection, recordId, onClose }: DialogProps) {
  const [name, setName] = useState(factor.name)
  const rename = useRenameFactor(collection, recordId)
  const failure = rename.error === null ? undefined : readFailure(rename.error)
  return (
    <Dialog
      title={text.renameTitle}
      onClose={onClose}
      onSubmit={() => rename.mutate({ id: factor.id, name: name.trim() }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" isBusy={rename.isPending}>
            {text.rename}
          </Button>
        </>
      }
    >
      {failure !== undefined && <FailureNote title={text.notRenamed} failure={failure} />}
      <NameField value={name} onChange={setName} error={failure?.fields.get('name')} />
    </Dialog>
  )
}
