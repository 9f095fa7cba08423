import { Ellipsis, Mail, Plus, Trash2 } from 'lucide-react'
import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { useSendAccountMail } from '#dashboard/api/accounts.ts'
import { useCollection } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useHealth } from '#dashboard/api/operations/health.ts'
import { useAccount } from '#dashboard/api/session.ts'
import { useSettings } from '#dashboard/api/settings.ts'
import { useDeleteSuperuser, useSuperusers } from '#dashboard/api/superusers.ts'
import { lockOutQuestion } from '#dashboard/settings/lock-out-question.ts'
import { LinesSetting, Section } from '#dashboard/settings/setting-fields.tsx'
import { SettingsForm } from '#dashboard/settings/settings-form.tsx'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { AccessPages } from './access-pages.tsx'
import { AddSuperuserDialog } from './add-superuser-dialog.tsx'
import { SessionList } from './session-list.tsx'
import styles from './superusers.module.css'

const { superusers: text } = t

/** The superusers, their sessions, and the addresses that they may act from. */
export function SuperusersScreen() {
  const { data, error, refetch } = useSuperusers()
  const [isAdding, setAdding] = useState(false)
  const add = (): void => setAdding(true)
  useShortcuts([{ keys: 'n', label: text.add, run: add }])
  return (
    <>
      <ScreenHeader
        title={text.title}
        actions={
          <Button look="primary" icon={Plus} shortcut="n" onClick={add}>
            {text.add}
          </Button>
        }
      />
      <AccessPages current="superusers" />
      <div className={styles.screen}>
        <TextColumn>
          {error !== null && (
            <FailureNote
              title={text.unreadable}
              failure={readFailure(error)}
              onRetry={() => void refetch()}
            />
          )}
          {data === undefined && error === null && <Skeleton lines={6} />}
          {data !== undefined && <Superusers superusers={data.items} total={data.totalItems} />}
        </TextColumn>
        <AllowedAddresses />
      </div>
      {isAdding && <AddSuperuserDialog onClose={() => setAdding(false)} />}
    </>
  )
}

interface SuperusersProps {
  readonly superusers: readonly RecordModel[]
  readonly total: number
}

function Superusers({ superusers, total }: SuperusersProps) {
  const me = useAccount()
  const hasSecondFactor = useCollection('_superusers')?.['mfa']?.enabled === true
  const remove = useDeleteSuperuser()
  const [asked, setAsked] = useState<RecordModel>()
  return (
    <>
      {remove.error !== null && (
        <FailureNote title={text.notDeleted} failure={readFailure(remove.error)} />
      )}
      <ul className={styles.list} aria-label={text.title}>
        {superusers.map((superuser) => (
          <Superuser
            key={superuser.id}
            superuser={superuser}
            isMe={superuser.id === me?.id}
            isLast={total === 1}
            hasSecondFactor={hasSecondFactor}
            onDelete={() => setAsked(superuser)}
          />
        ))}
      </ul>
      {asked !== undefined && (
        <ConfirmDialog
          title={text.deleteTitle({ email: String(asked['email']) })}
          action={text.delete}
          isBusy={remove.isPending}
          onConfirm={() =>
            remove.mutate(asked.id, {
              onSuccess: () => showToast({ text: text.deleted }),
              onSettled: () => setAsked(undefined),
            })
          }
          onClose={() => setAsked(undefined)}
        >
          <p>{text.deleteText}</p>
        </ConfirmDialog>
      )}
    </>
  )
}

interface SuperuserProps {
  readonly superuser: RecordModel
  readonly isMe: boolean
  readonly isLast: boolean
  readonly hasSecondFactor: boolean
  readonly onDelete: () => void
}

function Superuser({ superuser, isMe, isLast, hasSecondFactor, onDelete }: SuperuserProps) {
  const email = String(superuser['email'])
  const mail = useSendAccountMail('_superusers', email)
  const sendReset = (): void =>
    mail.mutate('passwordReset', {
      onSuccess: () => showToast({ text: t.records.account.mailSent({ email }) }),
    })
  return (
    <li className={styles.superuser}>
      <div className={styles.head}>
        <div className={styles.name}>
          <strong>{email}</strong>
          {isMe && <Mark look="accent">{text.you}</Mark>}
          {hasSecondFactor && <Mark>{text.secondFactor}</Mark>}
          <span className={styles.since}>
            {text.since} <Time value={String(superuser['created'])} />
          </span>
        </div>
        <Menu
          label={text.actionsOf({ email })}
          items={[
            { label: text.sendReset, icon: Mail, onSelect: sendReset },
            ...(isMe || isLast
              ? []
              : [
                  {},
                  {
                    label: text.delete,
                    icon: Trash2,
                    look: 'danger' as const,
                    onSelect: onDelete,
                  },
                ]),
          ]}
          trigger={(trigger) => (
            <IconButton {...trigger} icon={Ellipsis} label={text.actionsOf({ email })} />
          )}
        />
      </div>
      {isLast && <p className={styles.since}>{text.last}</p>}
      {mail.error !== null && (
        <FailureNote title={t.records.account.mailFailed} failure={readFailure(mail.error)} />
      )}
      <Sessions email={email} id={superuser.id} />
    </li>
  )
}

/** The sessions of a superuser, read when they are opened. */
function Sessions({ email, id }: { readonly email: string; readonly id: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details
      className={styles.sessions}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        {t.sessions.title}
        <span className="visually-hidden"> {email}</span>
      </summary>
      {isOpen && <SessionList collection="_superusers" recordId={id} />}
    </details>
  )
}

/** The addresses that superusers may act from. */
function AllowedAddresses() {
  const { data } = useSettings()
  const { data: health } = useHealth()
  const address = health?.realIP ?? ''
  const texts = t.settings.network
  if (data === undefined) return null
  return (
    <SettingsForm settings={data} ask={(draft) => lockOutQuestion(draft, address)}>
      <Section title={text.addresses}>
        <p className={styles.since}>
          {texts.yourAddress}: <code>{address}</code>
        </p>
        <LinesSetting
          path="superuserIPs"
          label={texts.superuserIPs}
          help={texts.superuserIPsHelp}
        />
      </Section>
    </SettingsForm>
  )
}
