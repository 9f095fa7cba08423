import { useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { Field, TextArea } from '#dashboard/ui/field.tsx'
import { useOption } from './option-context.ts'

interface ExtraProps {
  readonly path: string
  readonly provider: string
}

const texts = t.signInOptions.oauth2

/** Options that only one provider has, as JSON. What is no object yet stays as it was typed. */
export function ExtraOptions({ path, provider }: ExtraProps) {
  const { value, error, set } = useOption(path)
  const [typed, setTyped] = useState<string>()
  const shown =
    typed ?? (value === null || value === undefined ? '' : JSON.stringify(value, null, 2))
  const isWrong = readObject(shown) === undefined
  const help = provider.startsWith('oidc') ? texts.extraOidc : texts.extraHelp
  return (
    <Field label={texts.extra} help={help} error={isWrong ? texts.noObject : error}>
      {(control) => (
        <TextArea
          {...control}
          isMono
          value={shown}
          spellCheck={false}
          onChange={({ target }) => {
            setTyped(target.value)
            const object = readObject(target.value)
            if (object !== undefined) set(object)
          }}
        />
      )}
    </Field>
  )
}

/** The object in a text, null if the text is empty, undefined if it is anything else. */
function readObject(text: string): object | null | undefined {
  if (text.trim() === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
