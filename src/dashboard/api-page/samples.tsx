import { useState } from 'react'
import { t } from '#dashboard/text/definition-texts.ts'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { readPreference, writePreference } from '#dashboard/ui/preferences.ts'
import styles from './api-page.module.css'
import { curlSample } from './curl-sample.ts'
import { dartSample } from './dart-sample.ts'
import { javaScriptSample } from './javascript-sample.ts'
import type { SampleContext } from './sample-context.ts'

const languages = [
  { key: 'javascript', write: javaScriptSample },
  { key: 'dart', write: dartSample },
  { key: 'curl', write: curlSample },
] as const

/** An operation in the language that was chosen last. */
export function Samples({ context }: { readonly context: SampleContext }) {
  const [chosen, setChosen] = useState(() => readPreference('sampleLanguage'))
  const { key, write } = languages.find((one) => one.key === chosen) ?? languages[0]
  const code = write(context)
  return (
    <div className={styles.samples}>
      <div className={styles.languages} role="group" aria-label={t.apiPage.language}>
        {languages.map((one) => (
          <button
            key={one.key}
            type="button"
            aria-pressed={one.key === key}
            onClick={() => {
              writePreference('sampleLanguage', one.key)
              setChosen(one.key)
            }}
          >
            {t.apiPage.languages[one.key]}
          </button>
        ))}
        <span className={styles.copy}>
          <CopyButton text={code} label={t.general.copy} />
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard */}
      <pre className={styles.code} tabIndex={0} role="region" aria-label={t.apiPage.sample}>
        {code}
      </pre>
    </div>
  )
}
