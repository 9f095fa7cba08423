import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type Settings, useSaveSettings, useSettings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, optionsFrom, Select, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './operations.module.css'
import { nextRuns, scheduleInWords } from './schedule.ts'

const texts = t.operations.backups

interface ScheduleSettings {
  readonly cron: string
  readonly cronMaxKeep: number
}

function scheduleOf(settings: Settings): ScheduleSettings {
  return settings['backups'] as ScheduleSettings
}

/** When backups are made by themselves, and how many are kept. */
export function BackupSchedule() {
  const { data } = useSettings()
  const [isOpen, setOpen] = useState(false)
  if (data === undefined) return null
  const { cron, cronMaxKeep } = scheduleOf(data)
  const words = scheduleInWords(cron) ?? t.operations.schedule.custom({ expression: cron })
  return (
    <section className={styles.section}>
      <h2>{texts.scheduleTitle}</h2>
      {cron === '' ? (
        <p>{texts.scheduleOff}</p>
      ) : (
        <>
          <p>{texts.scheduleOn({ words, count: cronMaxKeep })}</p>
          <NextRuns expression={cron} />
        </>
      )}
      <div>
        <Button onClick={() => setOpen(true)}>
          {cron === '' ? texts.scheduleSet : texts.scheduleChange}
        </Button>
      </div>
      {isOpen && <ScheduleDialog schedule={scheduleOf(data)} onClose={() => setOpen(false)} />}
    </section>
  )
}

function NextRuns({ expression }: { readonly expression: string }) {
  const runs = nextRuns(expression, 3)
  if (runs === undefined) return null
  return (
    <div className={styles.runs}>
      <span>{t.operations.schedule.nextMany}</span>
      <ul>
        {runs.map((run) => (
          <li key={run.toISOString()}>
            <Time value={run} />
          </li>
        ))}
      </ul>
    </div>
  )
}

type Choice = keyof typeof texts.choices

interface ScheduleDialogProps {
  readonly schedule: ScheduleSettings
  readonly onClose: () => void
}

function ScheduleDialog({ schedule, onClose }: ScheduleDialogProps) {
  const isKnown = Object.hasOwn(texts.choices, schedule.cron)
  const [choice, setChoice] = useState<Choice>(isKnown ? (schedule.cron as Choice) : 'custom')
  const [cron, setCron] = useState(schedule.cron)
  const [keep, setKeep] = useState(String(Math.max(1, schedule.cronMaxKeep)))
  const save = useSaveSettings()
  const failure = save.error === null ? undefined : readFailure(save.error)
  const expression = choice === 'custom' ? cron.trim() : choice
  const send = (): void => {
    save.mutate(
      { backups: { cron: expression, cronMaxKeep: Number(keep) } },
      {
        onSuccess: () => {
          onClose()
          showToast({ text: texts.scheduleSaved })
        },
      },
    )
  }
  return (
    <Dialog
      title={texts.scheduleTitle}
      onClose={onClose}
      onSubmit={send}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" isBusy={save.isPending}>
            {t.general.save}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== undefined && (
          <FailureNote
            title={t.errors.notSaved({ count: failure.fields.size })}
            failure={failure}
          />
        )}
        <Field label={texts.scheduleWhen}>
          {(control) => (
            <Select
              {...control}
              data-initial-focus
              value={choice}
              options={optionsFrom(texts.choices)}
              onChange={setChoice}
            />
          )}
        </Field>
        {choice === 'custom' && (
          <Field
            label={texts.cron}
            help={texts.cronHelp}
            error={failure?.fields.get('backups.cron') ?? faultOf(expression)}
          >
            {(control) => (
              <TextInput
                {...control}
                isMono
                value={cron}
                autoComplete="off"
                onChange={(event) => setCron(event.target.value)}
              />
            )}
          </Field>
        )}
        {expression !== '' && (
          <>
            <NextRuns expression={expression} />
            <Field
              label={texts.keep}
              help={texts.keepHelp}
              error={failure?.fields.get('backups.cronMaxKeep')}
            >
              {(control) => (
                <TextInput
                  {...control}
                  inputMode="numeric"
                  value={keep}
                  onChange={(event) => setKeep(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
      </div>
    </Dialog>
  )
}

function faultOf(expression: string): string | undefined {
  const isFaulty = expression !== '' && nextRuns(expression, 1) === undefined
  return isFaulty ? t.operations.schedule.invalid : undefined
}
