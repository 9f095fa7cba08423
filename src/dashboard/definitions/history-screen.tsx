import { getRouteApi } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type HistoryEntry, useDrift, useSchemaHistory } from '#dashboard/api/schema.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Pager } from '#dashboard/ui/pager.tsx'
import { EmptyState, FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { ChangeLines } from './change-lines.tsx'
import styles from './definitions.module.css'
import { SchemaPages } from './schema-pages.tsx'
import { UndoDialog } from './undo-dialog.tsx'

const texts = t.schemaHistory
const sources: Readonly<Record<string, string>> = texts.sources
const route = getRouteApi('/inside/schema/history')

/** The changes of definitions, with a way back, and what differs from the last push. */
export function HistoryScreen() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const page = Math.max(1, Number.parseInt(search.page ?? '1', 10) || 1)
  const { data, error, refetch } = useSchemaHistory(page)
  const [undone, setUndone] = useState<HistoryEntry>()
  return (
    <>
      <ScreenHeader title={texts.title} />
      <SchemaPages current="history" />
      <TextColumn>
        <DriftNote />
        {error !== null && data === undefined && (
          <FailureNote
            title={texts.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
        {data === undefined && error === null && <Skeleton lines={8} />}
        {data?.items.length === 0 && (
          <EmptyState title={texts.emptyTitle}>
            <p>{texts.empty}</p>
          </EmptyState>
        )}
        {data !== undefined && data.items.length > 0 && (
          <>
            <EntryList label={texts.list}>
              {data.items.map((entry) => (
                <HistoryItem key={entry.id} entry={entry} onUndo={() => setUndone(entry)} />
              ))}
            </EntryList>
            <Pager
              label={texts.pages}
              page={page}
              totalPages={data.totalPages}
              onPage={(next) => void navigate({ search: { page: String(next) } })}
            />
          </>
        )}
      </TextColumn>
      {undone !== undefined && (
        <UndoDialog key={undone.id} entry={undone} onClose={() => setUndone(undefined)} />
      )}
    </>
  )
}

function HistoryItem({ entry, onUndo }: { readonly entry: HistoryEntry; onUndo: () => void }) {
  const { id, at, source, actor, changes, bookmark } = entry
  const names = [...new Set(changes.map(({ collection }) => collection))]
  return (
    <Entry
      name={names.join(', ')}
      meta={
        <>
          <span>#{id}</span>
          <span>
            <Time value={at} />
          </span>
          <span>{sources[source] ?? source}</span>
          {actor !== null && (
            <span>
              {texts.by} {actor.collection} <code>{actor.id}</code>
            </span>
          )}
        </>
      }
      actions={
        <Button size="small" icon={Undo2} aria-label={`${texts.undo} #${id}`} onClick={onUndo}>
          {texts.undo}
        </Button>
      }
      after={
        <details>
          <summary>{texts.changes({ count: changes.length })}</summary>
          <ChangeLines changes={changes} />
          {bookmark !== null && (
            <p className={styles.line}>
              {texts.bookmark} <code>{bookmark}</code>
              <CopyButton text={bookmark} label={texts.copyBookmark} />
            </p>
          )}
        </details>
      }
    />
  )
}

/** Everything that differs from the definitions that code has. */
function DriftNote() {
  const { data = [] } = useDrift()
  if (data.length === 0) return null
  return (
    <Note look="warning">
      <strong>{texts.driftTitle}</strong>
      <span>{texts.drift({ count: data.length })}</span>
      <code>{texts.pull}</code>
      <ul className={styles.list}>
        {data.map(({ collection, what }) => (
          <li key={`${collection} ${what}`}>
            {collection}: {what}
          </li>
        ))}
      </ul>
    </Note>
  )
}
