import { Link } from '@tanstack/react-router'
import { Lightbulb, TriangleAlert, X } from 'lucide-react'
import { useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { useDeployment } from '#dashboard/api/deployment.ts'
import { useHealth } from '#dashboard/api/operations/health.ts'
import { useSettings } from '#dashboard/api/settings.ts'
import { t } from '#dashboard/text/t.ts'
import { buttonClass, IconButton } from '#dashboard/ui/button.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { type Check, findChecks } from './checks.ts'
import { dismiss, readDismissed } from './dismissed.ts'
import styles from './home.module.css'

/** The checks that hold, each with the screen that solves it. */
export function Attention() {
  const settings = useSettings().data
  const collections = useCollections().data
  const health = useHealth().data
  const { isLocal } = useDeployment()
  const [dismissed, setDismissed] = useState(readDismissed)
  const isLoaded = settings !== undefined && collections !== undefined && health !== undefined
  const checks = isLoaded ? findChecks({ settings, collections, health, isLocal }) : []
  const shown = checks.filter(({ level, code }) => level === 'problem' || !dismissed.has(code))
  return (
    <section className={styles.section}>
      <h2>{t.home.attention}</h2>
      {!isLoaded ? (
        <Skeleton lines={3} />
      ) : shown.length === 0 ? (
        <p className={styles.quiet}>{t.home.allWell}</p>
      ) : (
        <EntryList label={t.home.attention}>
          {shown.map((check) => (
            <CheckEntry
              key={check.code}
              check={check}
              onDismiss={() => {
                dismiss(check.code)
                setDismissed(readDismissed())
              }}
            />
          ))}
        </EntryList>
      )}
    </section>
  )
}

interface CheckEntryProps {
  readonly check: Check
  readonly onDismiss: () => void
}

function CheckEntry({ check, onDismiss }: CheckEntryProps) {
  const { level, title, text, action, to } = check
  const isProblem = level === 'problem'
  const Icon = isProblem ? TriangleAlert : Lightbulb
  return (
    <Entry
      icon={<Icon size={20} strokeWidth={1.75} aria-hidden />}
      name={title}
      marks={
        <Mark look={isProblem ? 'danger' : 'neutral'}>
          {isProblem ? t.home.problem : t.home.advice}
        </Mark>
      }
      actions={
        <>
          <Link to={to} className={buttonClass('secondary', 'small')}>
            {action}
          </Link>
          {!isProblem && (
            <IconButton
              size="small"
              icon={X}
              label={t.home.dismiss({ title })}
              onClick={onDismiss}
            />
          )}
        </>
      }
    >
      <p className={styles.quiet}>{text}</p>
    </Entry>
  )
}
