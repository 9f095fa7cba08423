import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from './button.tsx'

interface CopyButtonProps {
  readonly text: string
  /** The name of the copied value; without it the button shows only the icon. */
  readonly label?: string
}

/** Copies a text and confirms it for two seconds. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true))
  }
  const icon = isCopied ? Check : Copy
  return label === undefined ? (
    <IconButton
      size="small"
      icon={icon}
      label={isCopied ? t.general.copied : t.general.copy}
      onClick={copy}
    />
  ) : (
    <Button size="small" icon={icon} onClick={copy}>
      {isCopied ? t.general.copied : label}
    </Button>
  )
}
