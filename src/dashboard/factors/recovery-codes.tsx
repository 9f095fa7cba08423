import { Download, Printer } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { t } from '#dashboard/text/factor-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import styles from './factors.module.css'

const { factors: text } = t

interface CodesProps {
  readonly codes: readonly string[]
  readonly onKept: () => void
}

/** New recovery codes, with ways to keep them. No later answer has them. */
export function RecoveryCodes({ codes, onKept }: CodesProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const lines = codes.join('\n')
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={styles.proof}>
      <h3 ref={heading} tabIndex={-1}>
        {text.codesTitle}
      </h3>
      <p>{text.codesText}</p>
      <ol className={styles.codes} aria-label={text.codesLabel}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.acts}>
        <CopyButton text={lines} label={text.copyCodes} />
        <Button
          size="small"
          icon={Download}
          onClick={() => saveFile(text.codesFile, `${location.host}\n\n${lines}\n`, 'text/plain')}
        >
          {text.downloadCodes}
        </Button>
        <Button size="small" icon={Printer} onClick={() => print()}>
          {text.printCodes}
        </Button>
      </div>
      <Button look="primary" onClick={onKept}>
        {text.codesKept}
      </Button>
    </div>
  )
}
