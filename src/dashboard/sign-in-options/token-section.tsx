import { useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { InvalidateDialog } from './invalidate-dialog.tsx'
import { useOptionForm } from './option-context.ts'
import { DurationOption, OptionSection } from './option-inputs.tsx'
import styles from './sign-in-options.module.css'

const texts = t.signInOptions.tokens
const kinds = [
  'authToken',
  'verificationToken',
  'passwordResetToken',
  'emailChangeToken',
  'fileToken',
] as const

/** A kind of token that the server signs. */
export type TokenKind = (typeof kinds)[number]

/** The lifetimes of tokens, and the end of all that exist. */
export function TokenSection() {
  const { base } = useOptionForm()
  const [ended, setEnded] = useState<TokenKind>()
  return (
    <OptionSection title={texts.title} help={texts.help}>
      {kinds.map((kind) => (
        <div key={kind} className={styles.token}>
          <DurationOption path={`${kind}.duration`} label={texts.kinds[kind]} />
          <Button
            aria-label={texts.invalidateOf({ kind: texts.kinds[kind] })}
            onClick={() => setEnded(kind)}
          >
            {texts.invalidate}
          </Button>
        </div>
      ))}
      {ended !== undefined && (
        <InvalidateDialog collection={base} kind={ended} onClose={() => setEnded(undefined)} />
      )}
    </OptionSection>
  )
}
