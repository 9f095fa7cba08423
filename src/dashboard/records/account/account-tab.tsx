import type { CollectionModel, RecordModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { SessionList } from '#dashboard/access/session-list.tsx'
import { FactorList } from '#dashboard/factors/factor-list.tsx'
import { t as factorTexts } from '#dashboard/text/factor-texts.ts'
import { t } from '#dashboard/text/t.ts'
import styles from '#dashboard/records/panel/panel-parts.module.css'
import { AccountMails } from './account-mails.tsx'
import { Impersonation } from './impersonation.tsx'
import { LinkedProviders } from './linked-providers.tsx'
import { ResetTokens } from './reset-tokens.tsx'
import { SignInState } from './sign-in-state.tsx'
import { ViewAs } from './view-as.tsx'

const texts = t.records.account

interface AccountTabProps {
  readonly collection: CollectionModel
  readonly record: RecordModel
  /** The fields of the form that belong to the account: its password and the like. */
  readonly children: ReactNode
}

/** The part of a panel for the account that a record is: its sign-in and its sessions. */
export function AccountTab({ collection, record, children }: AccountTabProps) {
  const account = { collection: collection.name, record }
  return (
    <div className={styles.parts}>
      {children}
      <Part title={texts.mails}>
        <AccountMails {...account} />
      </Part>
      <Part title={texts.state}>
        <SignInState {...account} />
      </Part>
      <Part title={factorTexts.factors.title}>
        <FactorList collection={collection.name} recordId={record.id} />
      </Part>
      <Part title={t.sessions.title}>
        <SessionList collection={collection.name} recordId={record.id} />
      </Part>
      {collection.name !== '_superusers' && (
        <>
          <Part title={texts.providers}>
            <LinkedProviders record={record} />
          </Part>
          <Part title={t.records.viewAs.title}>
            <ViewAs {...account} />
          </Part>
          <Part title={texts.impersonate}>
            <Impersonation {...account} />
          </Part>
        </>
      )}
      <Part title={texts.reset}>
        <ResetTokens {...account} />
      </Part>
    </div>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
