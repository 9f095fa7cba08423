import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { RecordModel } from 'pocketbase'
import { readFailure } from '#dashboard/api/failure.ts'
import { startViewAs } from '#dashboard/api/view-as.ts'
import { asText } from '#dashboard/fields/field-type.ts'
import styles from '#dashboard/records/panel/panel-parts.module.css'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'

const texts = t.records.viewAs

interface ViewAsProps {
  readonly collection: string
  readonly record: RecordModel
}

/** Opens the table with the rows that an account gets. */
export function ViewAs({ collection, record }: ViewAsProps) {
  const navigate = useNavigate()
  const email = asText(record['email'])
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await startViewAs({ ...record, collectionName: collection }, email === '' ? record.id : email)
      await navigate({ to: '/c/$collection', params: { collection } })
    },
  })
  return (
    <>
      <p className={styles.quiet}>{texts.text}</p>
      {error !== null && <FailureNote title={texts.failed} failure={readFailure(error)} />}
      <div>
        <Button isBusy={isPending} onClick={() => mutate()}>
          {texts.start}
        </Button>
      </div>
    </>
  )
}
