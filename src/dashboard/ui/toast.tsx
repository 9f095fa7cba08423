import { X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from './button.tsx'
import styles from './toast.module.css'

/** A short message that disappears, so it is never the only way to an action. */
export interface Toast {
  readonly text: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

type ShownToast = Toast & { readonly id: number }

let toasts: readonly ShownToast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function change(next: readonly ShownToast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Shows a message for some seconds, longer if it offers an action. */
export function showToast(toast: Toast): void {
  lastId += 1
  change([...toasts.slice(-2), { ...toast, id: lastId }])
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The region in which toasts are shown and announced; the shell has one. */
export function ToastRegion() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {shown.map((toast) => (
        <ToastBox key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastBox({ toast }: { readonly toast: ShownToast }) {
  const [isHeld, setHeld] = useState(false)
  const close = (): void => change(toasts.filter(({ id }) => id !== toast.id))
  useEffect(() => {
    if (isHeld) return undefined
    const timer = setTimeout(close, toast.action === undefined ? 5000 : 10_000)
    return () => clearTimeout(timer)
  })
  const { text, action } = toast
  return (
    <div
      className={styles.toast}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{text}</span>
      {action !== undefined && (
        <Button
          size="small"
          onClick={() => {
            close()
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton size="small" icon={X} label={t.general.close} onClick={close} />
    </div>
  )
}
