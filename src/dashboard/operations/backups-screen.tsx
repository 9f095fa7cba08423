import { Archive, Download, HardDriveDownload, RotateCcw, Trash2, Upload } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import {
  type Backup,
  readDownloadUrl,
  useBackups,
  useDeleteBackup,
  useUploadBackup,
} from '#dashboard/api/operations/backups.ts'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'
import { useHealth } from '#dashboard/api/operations/health.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { formatBytes } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { EmptyState, FailureNote, Mark, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { BackupReports } from './backup-reports.tsx'
import { BackupSchedule } from './backup-schedule.tsx'
import { CreateBackupDialog } from './create-backup-dialog.tsx'
import { OperationsHeader } from './operations-header.tsx'
import styles from './operations.module.css'
import { RestoreDialog } from './restore-dialog.tsx'

const texts = t.operations.backups

type Layer =
  | { readonly kind: 'create' }
  | { readonly kind: 'restore' | 'delete'; readonly backup: Backup }

/** The backups of this deployment: making, fetching and restoring them, and their schedule. */
export function BackupsScreen() {
  const [layer, setLayer] = useState<Layer>()
  const [failure, setFailure] = useState<{ title: string; failure: Failure }>()
  const busyReason = useBusyReason()
  const close = (): void => setLayer(undefined)
  useShortcuts([{ keys: 'n', label: texts.create, run: () => setLayer({ kind: 'create' }) }])
  const download = (key: string): void => {
    setFailure(undefined)
    void readDownloadUrl(key).then(
      (url) => location.assign(url),
      (error: unknown) => setFailure({ title: texts.notDownloaded, failure: readFailure(error) }),
    )
  }
  return (
    <>
      <OperationsHeader
        page="backups"
        actions={
          <>
            <UploadButton
              onFailure={(found) =>
                setFailure(
                  found === undefined ? undefined : { title: texts.notUploaded, failure: found },
                )
              }
            />
            <Button
              look="primary"
              icon={Archive}
              shortcut="n"
              disabledReason={busyReason}
              onClick={() => setLayer({ kind: 'create' })}
            >
              {texts.create}
            </Button>
          </>
        }
      />
      <div className={styles.page}>
        <TextColumn>
          <BackupReports />
          {failure !== undefined && <UploadFailure {...failure} />}
          <Backups
            busyReason={busyReason}
            onDownload={download}
            onRestore={(backup) => setLayer({ kind: 'restore', backup })}
            onDelete={(backup) => setLayer({ kind: 'delete', backup })}
          />
          <BackupSchedule />
          <Note>
            <span>{texts.timeTravel}</span>
            <code>npx wrangler d1 time-travel restore arete --timestamp=2026-11-30T12:00:00Z</code>
          </Note>
        </TextColumn>
      </div>
      {layer?.kind === 'create' && <CreateBackupDialog onClose={close} />}
      {layer?.kind === 'restore' && <RestoreDialog backup={layer.backup} onClose={close} />}
      {layer?.kind === 'delete' && <DeleteDialog name={layer.backup.key} onClose={close} />}
    </>
  )
}

/**
 * The reason why no backup can be made or restored now. When a task ends everything is read again,
 * because a restore may have changed all of it.
 */
function useBusyReason(): string | undefined {
  const { data } = useHealth()
  const isBusy = data?.canBackup === false
  const wasBusy = useRef(false)
  const restored = data?.lastRestore
  const before = useRef(restored?.ended)
  useEffect(() => {
    if (isBusy && !wasBusy.current) before.current = restored?.ended
    if (!isBusy && wasBusy.current) {
      void queryClient.invalidateQueries()
      if (restored?.outcome === 'done' && restored.ended !== before.current) {
        showToast({ text: texts.restored({ name: restored.key }) })
      }
    }
    wasBusy.current = isBusy
  }, [isBusy, restored])
  return isBusy ? texts.busyReason : undefined
}

/** The server's reason stands at the file, which has no field of its own. */
function UploadFailure({ title, failure }: { readonly title: string; readonly failure: Failure }) {
  const reason = failure.fields.get('file')
  return (
    <FailureNote
      title={title}
      failure={reason === undefined ? failure : { ...failure, message: reason }}
    />
  )
}

function UploadButton({
  onFailure,
}: {
  readonly onFailure: (failure: Failure | undefined) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  const upload = useUploadBackup()
  const send = (file: File | undefined): void => {
    if (file === undefined) return
    onFailure(undefined)
    upload.mutate(file, {
      onSuccess: () => showToast({ text: texts.uploaded }),
      onError: (error) => onFailure(readFailure(error)),
    })
  }
  return (
    <>
      <Button icon={Upload} isBusy={upload.isPending} onClick={() => input.current?.click()}>
        {texts.upload}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        hidden
        aria-label={texts.upload}
        onChange={({ target }) => {
          send(target.files?.[0])
          target.value = ''
        }}
      />
    </>
  )
}

interface BackupsProps {
  readonly busyReason: string | undefined
  readonly onDownload: (key: string) => void
  readonly onRestore: (backup: Backup) => void
  readonly onDelete: (backup: Backup) => void
}

function Backups({ busyReason, onDownload, onRestore, onDelete }: BackupsProps) {
  const { data, error, refetch } = useBackups()
  if (error !== null && data === undefined) {
    return (
      <FailureNote
        title={texts.unreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton lines={3} />
  if (data.length === 0) {
    return (
      <EmptyState title={texts.none}>
        <p>{texts.noneText}</p>
      </EmptyState>
    )
  }
  return (
    <EntryList label={texts.list}>
      {data.map((backup) => (
        <Entry
          key={backup.key}
          icon={<HardDriveDownload size={20} strokeWidth={1.75} aria-hidden />}
          name={backup.key}
          marks={backup.isScheduled && <Mark>{texts.scheduled}</Mark>}
          meta={
            <>
              <span>{formatBytes(backup.size)}</span>
              <span>
                {texts.made} <Time value={backup.modified} />
              </span>
            </>
          }
          actions={
            <>
              <Button
                size="small"
                icon={RotateCcw}
                disabledReason={busyReason}
                aria-label={texts.restoreNamed({ name: backup.key })}
                onClick={() => onRestore(backup)}
              >
                {texts.restore}
              </Button>
              <IconButton
                size="small"
                icon={Download}
                label={texts.download({ name: backup.key })}
                onClick={() => onDownload(backup.key)}
              />
              <IconButton
                size="small"
                icon={Trash2}
                label={texts.delete({ name: backup.key })}
                onClick={() => onDelete(backup)}
              />
            </>
          }
        />
      ))}
    </EntryList>
  )
}

function DeleteDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const remove = useDeleteBackup()
  const confirm = (): void => {
    remove.mutate(name, {
      onSuccess: () => {
        onClose()
        showToast({ text: texts.deleted })
      },
    })
  }
  return (
    <ConfirmDialog
      title={texts.deleteTitle}
      action={texts.deleteAction}
      isBusy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {remove.error !== null && (
        <FailureNote title={texts.notDeleted} failure={readFailure(remove.error)} />
      )}
      <p>{texts.deleteText({ name })}</p>
    </ConfirmDialog>
  )
}
