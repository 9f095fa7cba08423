import { Link } from '@tanstack/react-router'
import { KeyRound, Plus } from 'lucide-react'
import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { session } from '#dashboard/api/client.ts'
import { useCollection } from '#dashboard/api/collections.ts'
import { forgetFactors, useFactors, useNewRecoveryCodes } from '#dashboard/api/factors.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { EnrolForm } from './enrol-form.tsx'
import { FactorList } from './factor-list.tsx'
import styles from './factors.module.css'
import { RecoveryCodes } from './recovery-codes.tsx'

const { factors: text } = t

/** The second factors of the account that is signed in. */
export function OwnFactors({ account }: { readonly account: RecordModel }) {
  const { collectionName, id } = account
  const collection = useCollection(collectionName)
  const { data } = useFactors(collectionName, id)
  const codes = useNewRecoveryCodes(collectionName, id)
  const [isAdding, setAdding] = useState(false)
  const security = collection?.['security'] as
    | { readonly totp?: { readonly enabled?: boolean } }
    | undefined
  const isOn = security?.totp?.enabled === true
  const hasFactor = data?.items.some(({ confirmed }) => confirmed) === true
  return (
    <div className={styles.proof}>
      <FactorList collection={collectionName} recordId={id} />
      {codes.error !== null && (
        <FailureNote title={text.codesNotMade} failure={readFailure(codes.error)} />
      )}
      {collection !== undefined && !isOn && (
        <div className={styles.acts}>
          <p className={styles.muted}>{text.off}</p>
          <Link
            to="/c/$collection/schema/$part"
            params={{ collection: collectionName, part: 'sign-in' }}
            className={buttonClass('secondary', 'small')}
          >
            {text.turnOn}
          </Link>
        </div>
      )}
      {isOn && (
        <div className={styles.acts}>
          <Button icon={Plus} onClick={() => setAdding(true)}>
            {text.add}
          </Button>
          {hasFactor && (
            <Button icon={KeyRound} isBusy={codes.isPending} onClick={() => codes.mutate()}>
              {text.newCodes}
            </Button>
          )}
        </div>
      )}
      {isAdding && (
        <Dialog title={text.add} onClose={() => setAdding(false)}>
          <EnrolForm
            collection={collectionName}
            onDone={({ token, record }) => {
              session.save(token, record)
              setAdding(false)
              showToast({ text: text.confirmed })
              void forgetFactors(collectionName, id)
            }}
          />
        </Dialog>
      )}
      {codes.data !== undefined && (
        <Dialog title={text.newCodes} canDismiss={false} onClose={() => codes.reset()}>
          <p>{text.newCodesText}</p>
          <RecoveryCodes codes={codes.data.recoveryCodes} onKept={() => codes.reset()} />
        </Dialog>
      )}
    </div>
  )
}
