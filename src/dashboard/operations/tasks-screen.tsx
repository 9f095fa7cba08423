import { getRouteApi } from '@tanstack/react-router'
import { RefreshCw, Webhook as HookIcon, Workflow } from 'lucide-react'
import { readFailure } from '#dashboard/api/failure.ts'
import { keys } from '#dashboard/api/keys.ts'
import {
  type AppFunction,
  callStates,
  useCalls,
  useFunctions,
} from '#dashboard/api/operations/functions.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Field, Select } from '#dashboard/ui/field.tsx'
import { Pager } from '#dashboard/ui/pager.tsx'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { CallDialog } from './call-dialog.tsx'
import { CallList } from './call-list.tsx'
import { OperationsHeader } from './operations-header.tsx'
import styles from './operations.module.css'

const texts = t.operations.functions
const route = getRouteApi('/inside/operations/tasks')

/** The tasks and durable hooks of the application, and their calls. */
export function TasksScreen() {
  const { data, error, refetch } = useFunctions()
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: keys.functions })
  useShortcuts([{ keys: 'r', label: texts.refresh, run: refresh }])
  return (
    <>
      <OperationsHeader
        page="tasks"
        actions={
          <IconButton
            icon={RefreshCw}
            look="secondary"
            label={texts.refresh}
            shortcut="r"
            onClick={refresh}
          />
        }
      />
      <div className={styles.page}>
        <TextColumn>
          {error !== null && data === undefined && (
            <FailureNote
              title={texts.unreadable}
              failure={readFailure(error)}
              onRetry={() => void refetch()}
            />
          )}
          {data === undefined && error === null && <Skeleton lines={8} />}
          {data?.length === 0 && (
            <EmptyState title={texts.emptyTitle}>
              <p>{texts.empty}</p>
            </EmptyState>
          )}
          {data !== undefined && data.length > 0 && (
            <>
              <p className={styles.intro}>{texts.intro}</p>
              <EntryList label={texts.list}>
                {data.map((one) => (
                  <FunctionEntry key={one.id} one={one} />
                ))}
              </EntryList>
              <Calls functions={data} />
            </>
          )}
        </TextColumn>
      </div>
    </>
  )
}

function FunctionEntry({ one }: { readonly one: AppFunction }) {
  const { id, kind, collection, name, known, running, waiting, done, dead, next } = one
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const Icon = kind === 'task' ? Workflow : HookIcon
  return (
    <Entry
      icon={<Icon size={20} strokeWidth={1.75} aria-hidden />}
      name={name}
      marks={
        <>
          <Mark>
            {kind === 'task'
              ? texts.task
              : texts.hook({ collection: collection === '*' ? texts.every : collection })}
          </Mark>
          {!known && <Mark look="warning">{texts.unknown}</Mark>}
          {dead > 0 && <Mark look="danger">{texts.dead({ count: dead })}</Mark>}
        </>
      }
      meta={
        <>
          <span>{texts.running({ count: running })}</span>
          <span>{texts.waiting({ count: waiting })}</span>
          <span>{texts.done({ count: done })}</span>
          {next !== '' && (
            <span>
              {texts.next} <Time value={next} />
            </span>
          )}
        </>
      }
      actions={
        <Button
          size="small"
          aria-label={texts.showNamed({ name })}
          onClick={() => void navigate({ search: { ...search, function: id, page: '' } })}
        >
          {texts.show}
        </Button>
      }
    />
  )
}

function Calls({ functions }: { readonly functions: readonly AppFunction[] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = {
    function: search.function ?? '',
    state: callStates.find((each) => each === search.state) ?? '',
  }
  const page = Math.max(1, Number.parseInt(search.page ?? '1', 10) || 1)
  const { data, error, refetch } = useCalls(filter, page)
  const change = (changes: Partial<typeof search>): void =>
    void navigate({ search: { ...search, page: '', ...changes } })
  const isFiltered = filter.function !== '' || filter.state !== ''
  return (
    <section className={styles.section} aria-label={texts.calls}>
      <h2>{texts.calls}</h2>
      <div className={styles.filters}>
        <Field label={texts.function}>
          {(control) => (
            <Select
              {...control}
              value={filter.function}
              options={[
                { value: '', label: texts.all },
                ...functions.map(({ id }) => ({ value: id, label: id })),
              ]}
              onChange={(chosen) => change({ function: chosen })}
            />
          )}
        </Field>
        <Field label={texts.state}>
          {(control) => (
            <Select<string>
              {...control}
              value={filter.state}
              options={[
                { value: '', label: texts.all },
                ...callStates.map((value) => ({ value, label: texts.states[value] })),
              ]}
              onChange={(chosen) => change({ state: chosen })}
            />
          )}
        </Field>
      </div>
      {error !== null && (
        <FailureNote
          title={texts.callsUnreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton lines={4} />}
      {data?.items.length === 0 && (
        <EmptyState
          title={isFiltered ? texts.noMatch : texts.noCalls}
          actions={
            isFiltered && (
              <Button onClick={() => change({ function: '', state: '' })}>{texts.clear}</Button>
            )
          }
        />
      )}
      {data !== undefined && data.items.length > 0 && (
        <>
          <CallList
            items={data.items}
            onOpen={(call) => change({ call, page: search.page ?? '' })}
          />
          <Pager
            label={texts.pages}
            page={page}
            totalPages={data.totalPages}
            onPage={(next) => change({ page: String(next) })}
          >
            {texts.total({ count: data.totalItems })}
          </Pager>
        </>
      )}
      {search.call !== undefined && (
        <CallDialog
          id={search.call}
          onClose={() => change({ call: '', page: search.page ?? '' })}
        />
      )}
    </section>
  )
}
