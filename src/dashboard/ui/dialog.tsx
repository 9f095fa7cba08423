import { X } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button, type ButtonLook, IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import styles from './dialog.module.css'
import { Field, TextInput } from './field.tsx'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons; the safe one first. */
  readonly footer?: ReactNode
  readonly width?: 'normal' | 'wide'
  /** Turns the dialog into a form: Enter and the submit button in the footer call it. */
  readonly onSubmit?: () => void
  /** False if the dialog needs an answer; Escape does nothing then. */
  readonly canDismiss?: boolean
}

/**
 * A modal dialog. It is open while it is mounted, and returns the focus afterwards. An element with
 * `data-initial-focus` has the focus first.
 */
export function Dialog(props: DialogProps) {
  const { title, onClose, children, footer, width = 'normal', onSubmit, canDismiss = true } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    // `autoFocus` comes too early: a closed dialog cannot have the focus.
    element?.querySelector<HTMLElement>('[data-initial-focus]')?.focus()
    return () => {
      element?.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    onSubmit?.()
  }
  const content = (
    <>
      <div className={styles.head}>
        <h2 id={titleId}>{title}</h2>
        {canDismiss && <IconButton icon={X} label={t.general.close} onClick={onClose} />}
      </div>
      <div className={styles.body}>{children}</div>
      {footer !== undefined && <div className={styles.foot}>{footer}</div>}
    </>
  )
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape reaches a dialog as this event
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={classNames(styles.dialog, width === 'wide' && styles.wide)}
      onCancel={(event) => {
        event.preventDefault()
        if (canDismiss) onClose()
      }}
    >
      {onSubmit === undefined ? (
        content
      ) : (
        <form className={styles.form} onSubmit={submit} noValidate>
          {content}
        </form>
      )}
    </dialog>
  )
}

export interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** The action and its object: "Delete 3 records". */
  readonly action: string
  readonly look?: ButtonLook
  readonly isBusy?: boolean
  /** A text that must be typed to confirm: the name of what is deleted. */
  readonly typed?: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Confirms an action that cannot be undone. The safe button has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, look = 'danger', isBusy, typed, onConfirm, onClose } = props
  const [text, setText] = useState('')
  const isMissing = typed !== undefined && text !== typed
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose} data-initial-focus={typed === undefined || undefined}>
            {t.general.cancel}
          </Button>
          <Button
            look={look}
            isBusy={isBusy ?? false}
            disabledReason={isMissing ? t.general.typeToConfirm({ name: typed }) : undefined}
            onClick={onConfirm}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {typed !== undefined && (
        <Field label={t.general.typeToConfirm({ name: typed })}>
          {(control) => (
            <TextInput
              {...control}
              data-initial-focus
              isMono
              value={text}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      )}
    </Dialog>
  )
}
