import { type ReactNode, useEffect } from 'react'
import { useDeployment } from '#dashboard/api/deployment.ts'
import styles from './screen.module.css'

interface ScreenHeaderProps {
  readonly title: string
  /** Next to the title: an icon, marks. */
  readonly before?: ReactNode
  readonly after?: ReactNode
  /** The actions of the screen; at most one is primary. */
  readonly actions?: ReactNode
}

/** The heading of a screen and its actions. The heading gets the focus when the screen is shown. */
export function ScreenHeader({ title, before, after, actions }: ScreenHeaderProps) {
  const { appName } = useDeployment()
  useEffect(() => {
    document.title = `${title} – ${appName}`
  }, [title, appName])
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        {before}
        <h1 tabIndex={-1}>{title}</h1>
        {after}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  )
}

/** A column for text: forms, explanations. */
export function TextColumn({ children }: { readonly children: ReactNode }) {
  return <div className={styles.text}>{children}</div>
}
