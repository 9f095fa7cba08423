import { Link } from '@tanstack/react-router'
import { Circle, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { type FirstSteps as Steps, useFirstSteps } from '#dashboard/api/first-steps.ts'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import styles from './home.module.css'

/** The steps from an empty deployment to an app that uses it; gone once all are taken. */
export function FirstSteps() {
  const { data } = useFirstSteps()
  if (data === undefined || (data.collection && data.record && data.request)) return null
  const snippet = sampleRequest()
  return (
    <section className={styles.section}>
      <h2>{t.home.firstSteps}</h2>
      <EntryList label={t.home.firstSteps}>
        <Step steps={data} name="collection">
          <Link to="/c/new" className={buttonClass('secondary', 'small')}>
            {t.shell.newCollection}
          </Link>
        </Step>
        <Step steps={data} name="record">
          <Link to="/c" className={buttonClass('secondary', 'small')}>
            {t.shell.areas.collections}
          </Link>
        </Step>
        <Step
          steps={data}
          name="request"
          after={
            <div className={styles.snippet}>
              <pre>{snippet}</pre>
              <CopyButton text={snippet} />
            </div>
          }
        />
      </EntryList>
    </section>
  )
}

interface StepProps {
  readonly steps: Steps
  readonly name: keyof Steps
  readonly after?: ReactNode
  readonly children?: ReactNode
}

function Step({ steps, name, after, children }: StepProps) {
  const isDone = steps[name]
  const Icon = isDone ? CircleCheck : Circle
  const { title, text } = t.home.steps[name]
  return (
    <Entry
      icon={<Icon size={20} strokeWidth={1.75} aria-hidden />}
      name={title}
      marks={isDone && <Mark look="success">{t.home.done}</Mark>}
      actions={isDone ? undefined : children}
      after={isDone ? undefined : after}
    >
      {!isDone && <p className={styles.quiet}>{text}</p>}
    </Entry>
  )
}

function sampleRequest(): string {
  return [
    "import PocketBase from 'pocketbase'",
    '',
    `const client = new PocketBase('${location.origin}')`,
    "console.log(await client.collection('posts').getList())",
  ].join('\n')
}
