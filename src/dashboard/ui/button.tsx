import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

/** The prominence of a button. Each screen has one primary button. */
export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger'

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'title'> {
  readonly look?: ButtonLook
  readonly size?: 'normal' | 'small'
  readonly icon?: LucideIcon
  /** Shows that the action is running, and ignores clicks meanwhile. */
  readonly isBusy?: boolean
  /** The reason why the button is disabled; enabled without one. */
  readonly disabledReason?: string | undefined
  /** The keys of the same action, as `Ctrl+S`. */
  readonly shortcut?: string
  readonly children: ReactNode
}

/** A button with text that names the action and its object. */
export function Button(props: ButtonProps) {
  const { look = 'secondary', size = 'normal', icon: Icon, isBusy, children, ...rest } = props
  const className = classNames(
    styles.button,
    look !== 'secondary' && styles[look],
    size === 'small' && styles.small,
  )
  return (
    <PlainButton {...rest} isBusy={isBusy} className={classNames(className, rest.className)}>
      {isBusy ? (
        <span className={styles.spinner} aria-hidden />
      ) : (
        Icon && <Icon size={16} strokeWidth={1.75} aria-hidden />
      )}
      {children}
    </PlainButton>
  )
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly icon: LucideIcon
  /** The name of the button, also its tooltip. */
  readonly label: string
}

/** A button with only an icon; its name is the tooltip. */
export function IconButton(props: IconButtonProps) {
  const { look = 'quiet', size = 'normal', icon: Icon, label, isBusy, ...rest } = props
  const className = classNames(
    styles.button,
    styles.iconOnly,
    look !== 'secondary' && styles[look],
    size === 'small' && styles.small,
  )
  return (
    <PlainButton
      {...rest}
      isBusy={isBusy}
      tooltip={label}
      aria-label={label}
      className={classNames(className, rest.className)}
    >
      {isBusy ? (
        <span className={styles.spinner} aria-hidden />
      ) : (
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      )}
    </PlainButton>
  )
}

interface PlainButtonProps extends ComponentProps<'button'> {
  readonly isBusy?: boolean | undefined
  readonly disabledReason?: string | undefined
  readonly shortcut?: string | undefined
  readonly tooltip?: string | undefined
}

/** Stays focusable while disabled, so that its reason can be read. */
function PlainButton({
  isBusy,
  disabledReason,
  shortcut,
  tooltip,
  onClick,
  ...rest
}: PlainButtonProps) {
  const isDisabled = isBusy === true || disabledReason !== undefined
  const click = (event: MouseEvent<HTMLButtonElement>): void => {
    if (isDisabled) event.preventDefault()
    else onClick?.(event)
  }
  const title = disabledReason ?? [tooltip, shortcut].filter(Boolean).join(' · ')
  return (
    <button
      type="button"
      {...rest}
      onClick={click}
      aria-disabled={isDisabled || undefined}
      aria-busy={isBusy || undefined}
      title={title === '' ? undefined : title}
    />
  )
}

/** The class of a link that looks like a button. */
export function buttonClass(
  look: ButtonLook = 'secondary',
  size: 'normal' | 'small' = 'normal',
): string {
  return classNames(
    styles.button,
    look !== 'secondary' && styles[look],
    size === 'small' && styles.small,
  )
}
