import { Link, useNavigate } from '@tanstack/react-router'
import {
  Columns3,
  Download,
  Ellipsis,
  Pencil,
  Plus,
  Radio,
  RefreshCw,
  Trash2,
  Upload,
  X,
} from 'lucide-react'
import type { CollectionModel, RecordModel } from 'pocketbase'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useRecordPages, useRecordTotal } from '#dashboard/api/records/records.ts'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, buttonClass, IconButton } from '#dashboard/ui/button.tsx'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { Grid } from '#dashboard/ui/grid/grid.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { ColumnsDialog } from './columns-dialog.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { FilterLine } from './filter-line.tsx'
import { gridColumns } from './grid-columns.tsx'
import { InlineEditor } from './inline-editor.tsx'
import { NoRecords } from './no-records.tsx'
import { RecordPanel } from '#dashboard/records/panel/record-panel.tsx'
import styles from './records.module.css'
import { TableFoot } from './table-foot.tsx'
import { columnsOf, queryOf, readSort, type TableAddress, writeSort } from './table-query.ts'
import { useLiveRows } from './use-live-rows.ts'
import { useUndo } from './use-undo.tsx'

const BulkEditDialog = lazy(async () => ({
  default: (await import('./bulk/bulk-edit-dialog.tsx')).BulkEditDialog,
}))
const ExportDialog = lazy(async () => ({
  default: (await import('./transfer/export-dialog.tsx')).ExportDialog,
}))

/** Parameters of the address of a table, and of the record that a new one is a copy of. */
export type RecordsAddress = TableAddress & {
  readonly from?: string
  readonly tab?: string
  readonly live?: string
}

interface RecordTableProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly address: RecordsAddress
  /** True for records of a view, and while they are viewed as another account. */
  readonly isReadOnly: boolean
  /** The record that is shown beside the table; `new` for one to be created. */
  readonly recordId: string | undefined
  readonly onAddress: (changes: RecordsAddress, mode?: 'push' | 'replace') => void
  readonly onRecord: (id: string | undefined, from?: string) => void
}

/** The address of a record that does not exist yet. */
const newId = 'new'

/** A table of records with its filter, and the record that is open. */
export function RecordTable(props: RecordTableProps) {
  const { collection, collections, address, recordId, isReadOnly, onAddress, onRecord } = props
  const query = queryOf(collection, address, collections)
  const navigate = useNavigate()
  const pages = useRecordPages(collection.name, query)
  const total = useRecordTotal(collection.name, query.filter)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [layer, setLayer] = useState<
    'columns' | 'bulk' | 'export' | { readonly ids: readonly string[] }
  >()
  const undo = useUndo(collection.name, query.expand)
  const latestOffer = useRef(undo.offer)
  useEffect(() => {
    latestOffer.current = undo.offer
  })
  const filterInput = useRef<HTMLInputElement>(null)

  const shown = useMemo(
    () => columnsOf(collection, { columns: address.columns }),
    [collection, address.columns],
  )
  const columns = useMemo(
    () =>
      gridColumns(
        collection,
        shown,
        collections,
        isReadOnly
          ? undefined
          : (cell) => (
              <InlineEditor
                {...cell}
                collection={collection}
                collections={collections}
                expand={query.expand}
                onSaved={(change) => latestOffer.current([change])}
              />
            ),
      ),
    [collection, shown, collections, isReadOnly, query.expand],
  )
  // A filter that is refused leaves the rows of the one before it.
  const [lastData, setLastData] = useState(pages.data)
  if (pages.data !== undefined && pages.data !== lastData) setLastData(pages.data)
  const data = pages.data ?? (pages.isError ? lastData : undefined)
  const rows = useMemo(() => distinct(data?.pages.flat() ?? []), [data])
  const { hasNextPage, isFetching, fetchNextPage } = pages
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])

  const live = useLiveRows({
    collection: collection.name,
    filter: query.filter,
    expand: query.expand,
    isOn: address.live === '1' && !isReadOnly,
    rows,
  })
  const refresh = (): void => {
    live.clear()
    void Promise.all([pages.refetch(), total.refetch()])
  }
  const create = (): void => onRecord(newId)
  useShortcuts([
    ...(isReadOnly ? [] : [{ keys: 'n', label: t.records.newRecord, run: create }]),
    { keys: 'r', label: t.records.refresh, run: refresh },
    { keys: '/', label: t.records.filter, run: () => filterInput.current?.focus() },
  ])

  const closePanel = (): void => onRecord(undefined)
  const step = (by: 1 | -1): void => {
    const next = rows[rows.findIndex(({ id }) => id === recordId) + by]
    if (next !== undefined) onRecord(next.id)
  }
  const failure = pages.error === null ? undefined : readFailure(pages.error)
  const isFilterFault = failure?.status === 400 && query.filter !== ''
  const isEmpty = data !== undefined && rows.length === 0
  const isOpen = recordId !== undefined
  return (
    <div className={styles.screen}>
      <ScreenHeader
        title={collection.name}
        before={<CollectionIcon type={collection.type} size={20} />}
        actions={
          <>
            <IconButton icon={RefreshCw} label={t.records.refresh} shortcut="r" onClick={refresh} />
            {!isReadOnly && (
              <IconButton
                icon={Radio}
                label={t.records.live.label}
                aria-pressed={address.live === '1'}
                onClick={() => onAddress({ live: address.live === '1' ? undefined : '1' })}
              />
            )}
            <IconButton
              icon={Columns3}
              label={t.records.columns}
              onClick={() => setLayer('columns')}
            />
            {(collection.type === 'view' || !isReadOnly) && (
              <>
                <Menu
                  label={t.general.more}
                  items={[
                    {
                      label: t.records.transfer.exportOpen,
                      icon: Download,
                      onSelect: () => setLayer('export'),
                    },
                    ...(isReadOnly
                      ? []
                      : [
                          {
                            label: t.records.transfer.importOpen,
                            icon: Upload,
                            onSelect: () =>
                              void navigate({
                                to: '/c/$collection/import',
                                params: { collection: collection.name },
                              }),
                          },
                        ]),
                  ]}
                  trigger={(trigger) => (
                    <IconButton {...trigger} icon={Ellipsis} label={t.general.more} />
                  )}
                />
                <Link
                  to="/c/$collection/schema/$part"
                  params={{
                    collection: collection.name,
                    part: collection.type === 'view' ? 'query' : 'fields',
                  }}
                  className={buttonClass()}
                >
                  {t.records.schema}
                </Link>
              </>
            )}
            {!isReadOnly && (
              <Button look="primary" icon={Plus} shortcut="n" onClick={create}>
                {t.records.newRecord}
              </Button>
            )}
          </>
        }
      />
      <FilterLine
        inputRef={filterInput}
        filter={address.filter ?? ''}
        fields={shown}
        error={isFilterFault ? failure.message : undefined}
        onFilter={(filter) => onAddress({ filter: filter === '' ? undefined : filter })}
      />
      <div className={styles.screen}>
        {pages.isFetching && data !== undefined && <div className={styles.busy} />}
        {failure !== undefined && !isFilterFault && (
          <FailureNote title={t.records.unreadable} failure={failure} onRetry={refresh} />
        )}
        {data === undefined && failure === undefined && <Skeleton lines={12} />}
        {isEmpty &&
          (query.filter === '' ? (
            <NoRecords collection={collection} isReadOnly={isReadOnly} onCreate={create} />
          ) : (
            <EmptyState
              title={t.records.noMatch}
              actions={
                <Button onClick={() => onAddress({ filter: undefined })}>
                  {t.records.clearFilter}
                </Button>
              }
            >
              <p>{t.records.noMatchText}</p>
            </EmptyState>
          ))}
        {rows.length > 0 && (
          <Grid<RecordModel>
            label={collection.name}
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            nameOf={(record) => labelOf(record, collection)}
            total={total.data}
            sort={readSort(query.sort)}
            onSort={(sort) => onAddress({ sort: writeSort(sort) })}
            {...(isReadOnly ? {} : { selected, onSelect: setSelected })}
            onOpen={({ id }) => onRecord(id)}
            openKey={recordId}
            noteOf={live.noteOf}
            onEnd={readMore}
            isBusy={pages.isFetching}
            endPadding={isOpen ? 560 : 0}
          />
        )}
        {isOpen && (
          <RecordPanel
            collection={collection}
            collections={collections}
            recordId={recordId === newId ? undefined : recordId}
            copyOf={recordId === newId ? address.from : undefined}
            expand={query.expand}
            tab={address.tab}
            isReadOnly={isReadOnly}
            onClose={closePanel}
            onOpen={onRecord}
            onStep={step}
            onCopy={(id) => onRecord(newId, id)}
            onDelete={(id) => setLayer({ ids: [id] })}
          />
        )}
      </div>
      {selected.size > 0 && (
        <section className={styles.selection} aria-label={t.records.selectedMenu}>
          <strong role="status">{t.records.selected({ count: selected.size })}</strong>
          <Button size="small" icon={X} onClick={() => setSelected(new Set())}>
            {t.records.clearSelection}
          </Button>
          <Button size="small" icon={Pencil} onClick={() => setLayer('bulk')}>
            {t.records.bulk.open({ count: selected.size })}
          </Button>
          <Button size="small" icon={Download} onClick={() => setLayer('export')}>
            {t.records.transfer.exportOpen}
          </Button>
          <Button size="small" icon={Trash2} onClick={() => setLayer({ ids: [...selected] })}>
            {t.records.deleteConfirm({ count: selected.size })}
          </Button>
        </section>
      )}
      <TableFoot
        loaded={data === undefined ? undefined : rows.length}
        total={total.data}
        undo={undo}
        live={live}
        onShowNew={refresh}
      />
      {layer === 'columns' && (
        <ColumnsDialog
          collection={collection}
          shown={shown}
          onChange={(next) => onAddress({ columns: next })}
          onClose={() => setLayer(undefined)}
        />
      )}
      <Suspense>
        {layer === 'export' && (
          <ExportDialog
            collection={collection}
            filter={query.filter}
            selected={[...selected]}
            onClose={() => setLayer(undefined)}
          />
        )}
        {layer === 'bulk' && (
          <BulkEditDialog
            collection={collection}
            collections={collections}
            ids={[...selected]}
            expand={query.expand}
            onClose={() => setLayer(undefined)}
            onDone={(changes, refused) => {
              if (changes.length > 0) undo.offer(changes)
              if (refused.length > 0) setSelected(new Set(refused))
            }}
          />
        )}
      </Suspense>
      {typeof layer === 'object' && (
        <DeleteDialog
          collection={collection}
          collections={collections}
          ids={layer.ids}
          name={nameOf(rows, layer.ids, collection)}
          onClose={() => setLayer(undefined)}
          onDeleted={({ deleted, refused }) => {
            setSelected(
              new Set([...selected].filter((id) => !deleted.includes(id) || refused.has(id))),
            )
            if (recordId !== undefined && deleted.includes(recordId)) onRecord(undefined)
          }}
        />
      )}
    </div>
  )
}

/** A record that moved between two pages while they were read is shown once. */
function distinct(records: readonly RecordModel[]): RecordModel[] {
  return [...new Map(records.map((record) => [record.id, record])).values()]
}

function nameOf(
  rows: readonly RecordModel[],
  ids: readonly string[],
  collection: CollectionModel,
): string {
  const record = rows.find(({ id }) => id === ids[0])
  return record === undefined ? (ids[0] ?? '') : labelOf(record, collection)
}
