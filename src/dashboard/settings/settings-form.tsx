import { useBlocker } from '@tanstack/react-router'
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'
import { type Settings, useSaveSettings } from '#dashboard/api/settings.ts'
import { keysText, useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { bodyOf, valueAt, withValue } from './draft.ts'
import styles from './settings.module.css'

interface Form {
  readonly settings: Settings
  readonly draft: ReadonlyMap<string, unknown>
  readonly failure: Failure | undefined
  readonly set: (path: string, value: unknown) => void
}

const FormContext = createContext<Form | undefined>(undefined)

/** A question to answer before a draft is saved. */
export interface Question {
  readonly title: string
  readonly text: string
  readonly action: string
}

interface SettingsFormProps {
  readonly settings: Settings
  /** Asks when a draft has a consequence that may not be meant. */
  readonly ask?: (draft: ReadonlyMap<string, unknown>) => Question | undefined
  readonly children: ReactNode
}

/** A page of settings with one Save; what was changed is kept until it is saved or discarded. */
export function SettingsForm({ settings, ask, children }: SettingsFormProps) {
  const [draft, setDraft] = useState<ReadonlyMap<string, unknown>>(new Map())
  const [question, setQuestion] = useState<Question>()
  const save = useSaveSettings()
  const summary = useRef<HTMLDivElement>(null)
  const count = draft.size
  const failure = save.error === null ? undefined : readFailure(save.error)
  useEffect(() => {
    if (save.error !== null) summary.current?.focus()
  }, [save.error])

  const send = (): void => {
    setQuestion(undefined)
    save.mutate(bodyOf(draft), {
      onSuccess: () => {
        setDraft(new Map())
        showToast({ text: t.general.saved })
      },
    })
  }
  const submit = (event?: FormEvent): void => {
    event?.preventDefault()
    if (count === 0 || save.isPending) return
    const asked = ask?.(draft)
    if (asked === undefined) send()
    else setQuestion(asked)
  }
  useShortcuts([{ keys: 'Mod+S', label: t.settings.save, run: () => submit() }])
  const form = useMemo(
    () => ({
      settings,
      draft,
      failure,
      set: (path: string, value: unknown) =>
        setDraft((current) => withValue(current, settings, path, value)),
    }),
    [settings, draft, failure],
  )

  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      {failure !== undefined && (
        <div ref={summary} tabIndex={-1}>
          <FailureNote
            title={t.errors.notSaved({ count: failure.fields.size })}
            failure={failure}
          />
        </div>
      )}
      <FormContext value={form}>{children}</FormContext>
      <div className={styles.saveBar}>
        <span role="status">{t.settings.changes({ count })}</span>
        {count > 0 && (
          <Button
            onClick={() => {
              setDraft(new Map())
              save.reset()
            }}
          >
            {t.settings.discard}
          </Button>
        )}
        <Button
          type="submit"
          look="primary"
          isBusy={save.isPending}
          shortcut={keysText('Mod+S')}
          disabledReason={count === 0 ? t.settings.nothingToSave : undefined}
        >
          {t.settings.save}
        </Button>
      </div>
      {question !== undefined && (
        <ConfirmDialog
          title={question.title}
          action={question.action}
          onConfirm={send}
          onClose={() => setQuestion(undefined)}
        >
          <p>{question.text}</p>
        </ConfirmDialog>
      )}
      <LeaveQuestion isDirty={count > 0} />
    </form>
  )
}

/** Asks before a page with changes is left. */
function LeaveQuestion({ isDirty }: { readonly isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => isDirty,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (status !== 'blocked') return null
  return (
    <ConfirmDialog
      title={t.settings.leaveTitle}
      action={t.settings.leaveAction}
      onConfirm={proceed}
      onClose={reset}
    >
      <p>{t.settings.leave}</p>
    </ConfirmDialog>
  )
}

/** A setting of the page: its value as it is typed, and what is wrong with it. */
export interface SettingState {
  readonly value: unknown
  readonly isChanged: boolean
  readonly error: string | undefined
  /** The errors of the values within, by the rest of their paths. */
  readonly errors: ReadonlyMap<string, string>
  readonly set: (value: unknown) => void
}

/** The setting at a path such as `smtp.host`. */
export function useSetting(path: string): SettingState {
  const form = useContext(FormContext)
  if (form === undefined) throw new Error('useSetting needs a SettingsForm.')
  const { settings, draft, failure, set } = form
  const errors = [...(failure?.fields ?? [])]
  const within = errors.flatMap(([at, message]) =>
    at.startsWith(`${path}.`) ? [[at.slice(path.length + 1), message] as const] : [],
  )
  return {
    value: draft.has(path) ? draft.get(path) : valueAt(settings, path),
    isChanged: draft.has(path),
    error: failure?.fields.get(path),
    errors: new Map(within),
    set: (value) => set(path, value),
  }
}
