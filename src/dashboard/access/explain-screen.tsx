import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useEffect, useRef, useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { draftFaultOf, useExplain } from '#dashboard/api/explain.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { EmptyState, FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { AccessPages } from './access-pages.tsx'
import { ExplainForm } from './explain-form.tsx'
import styles from './explain.module.css'
import {
  formOf,
  inputOf,
  isComplete,
  type RequestForm,
  searchOf,
  takesBody,
} from './explained-request.ts'
import { ExplanationView } from './explanation-view.tsx'

const { explain: text } = t

const route = getRouteApi('/inside/access/explain')

/** Explains why a request of any caller is allowed or refused. */
export function ExplainScreen() {
  const { data, error, refetch } = useCollections()
  return (
    <>
      <ScreenHeader title={text.title} />
      <AccessPages current="explain" />
      {error !== null && data === undefined ? (
        <TextColumn>
          <FailureNote
            title={t.home.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      ) : data === undefined ? (
        <Skeleton lines={8} />
      ) : (
        <Explainer collections={data} />
      )}
    </>
  )
}

function Explainer({ collections }: { readonly collections: readonly CollectionModel[] }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const [form, setForm] = useState<RequestForm>(() => formOf(search))
  const { data, variables, error, isPending, mutate } = useExplain()

  const submit = (): void => {
    const input = inputOf(form)
    if (input === undefined || !isComplete(form)) return
    void navigate({ to: '/access/explain', search: searchOf(form), replace: true })
    mutate(input)
  }
  useShortcuts([{ keys: 'Mod+Enter', label: text.submit, run: submit }])

  const hasStarted = useRef(false)
  useEffect(() => {
    // An address with everything in it is explained at once. A body never is in it.
    if (hasStarted.current || takesBody(form.action) || search.collection === undefined) return
    hasStarted.current = true
    submit()
  })

  const fault = draftFaultOf(error)
  const failure = error === null ? undefined : readFailure(error)
  return (
    <div className={styles.screen}>
      <ExplainForm
        form={form}
        collections={collections}
        isBusy={isPending}
        issues={failure?.fields ?? new Map()}
        onChange={(change) => setForm((before) => ({ ...before, ...change }))}
        onSubmit={submit}
      />
      <section className={styles.result} aria-label={text.result} aria-busy={isPending}>
        {fault !== undefined && (
          <Note look="danger" role="alert">
            <strong>{text.draftFailed}</strong>
            <span>{text.draftPosition({ ...fault, position: fault.position + 1 })}</span>
            <FaultyText rule={form.draft} position={fault.position} />
          </Note>
        )}
        {failure !== undefined && fault === undefined && (
          <FailureNote title={text.failed} failure={failure} onRetry={submit} />
        )}
        {error === null && data !== undefined && variables !== undefined && (
          <ExplanationView explanation={data} input={variables} />
        )}
        {isPending && data === undefined && <Skeleton lines={6} />}
        {error === null && data === undefined && !isPending && (
          <EmptyState title={text.waiting}>
            <p>{text.waitingText}</p>
          </EmptyState>
        )}
      </section>
    </div>
  )
}

/** The line of a draft with a mark below the place of its error. */
function FaultyText({ rule, position }: { readonly rule: string; readonly position: number }) {
  const start = rule.lastIndexOf('\n', position - 1) + 1
  const [line = ''] = rule.slice(start).split('\n')
  return (
    <pre className={styles.faulty} aria-hidden>
      {line}
      {'\n'}
      {' '.repeat(position - start)}^
    </pre>
  )
}
