import { getRouteApi, Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { useCollection } from '#dashboard/api/collections.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { EmptyState, Note, Skeleton } from '#dashboard/ui/states.tsx'
import type { Table } from './csv.ts'
import { FileChoice } from './file-choice.tsx'
import { ImportForm } from './import-form.tsx'
import styles from './transfer.module.css'

const texts = t.records.transfer
const route = getRouteApi('/inside/c/$collection/import')

/** Imports records of a collection from a file. */
export function ImportScreen() {
  const { collection: name } = route.useParams()
  const collection = useCollection(name)
  if (collection === undefined) {
    return (
      <>
        <ScreenHeader title={texts.importTitle({ name })} />
        <Skeleton lines={6} />
      </>
    )
  }
  if (collection === null || collection.type === 'view') {
    return (
      <>
        <ScreenHeader title={texts.importTitle({ name })} />
        <EmptyState
          title={collection === null ? t.records.missingCollection({ name }) : texts.view}
        />
      </>
    )
  }
  return (
    <>
      <ScreenHeader
        title={texts.importTitle({ name: collection.name })}
        actions={
          <Link
            to="/c/$collection"
            params={{ collection: collection.name }}
            className={buttonClass()}
          >
            {texts.toTable}
          </Link>
        }
      />
      <TextColumn>
        <Import key={collection.id} collection={collection} />
      </TextColumn>
    </>
  )
}

function Import({ collection }: { readonly collection: CollectionModel }) {
  const [chosen, setChosen] = useState<{ readonly name: string; readonly table: Table }>()
  if (chosen === undefined) {
    return (
      <div className={styles.steps}>
        <Note>{texts.notMoved}</Note>
        <FileChoice onTable={(name, table) => setChosen({ name, table })} />
      </div>
    )
  }
  return (
    <div className={styles.steps}>
      <div className={styles.file}>
        <strong>{chosen.name}</strong>
        <span>{texts.rows({ count: chosen.table.rows.length })}</span>
        <Button size="small" onClick={() => setChosen(undefined)}>
          {texts.otherFile}
        </Button>
      </div>
      <ImportForm collection={collection} table={chosen.table} />
    </div>
  )
}
