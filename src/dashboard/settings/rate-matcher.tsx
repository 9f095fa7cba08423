import { useState } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Field, optionsFrom, Select, TextInput } from '#dashboard/ui/field.tsx'
import { findRateLimit, type LabelledRule } from '#limits/find-rate-limit.ts'
import { labelsOf } from './rate-tags.ts'
import { Row } from './setting-fields.tsx'
import { useSetting } from './settings-form.tsx'
import styles from './settings.module.css'

const texts = t.settings.limits.matcher

interface CountedRule extends LabelledRule {
  readonly maxRequests: number
  readonly duration: number
}

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const

/** Names the rule that limits a request, of those in the form. */
export function RateMatcher() {
  const { value } = useSetting('rateLimits.rules')
  const { value: isEnabled } = useSetting('rateLimits.enabled')
  const [method, setMethod] = useState<(typeof methods)[number]>('POST')
  const [path, setPath] = useState('/api/collections/users/auth-with-password')
  const [caller, setCaller] = useState<'@guest' | '@auth'>('@guest')
  const rules = Array.isArray(value) ? (value as readonly CountedRule[]) : []
  const rule = findRateLimit(rules, labelsOf(method, path.replace(/\?.*/, '')), caller)
  return (
    <fieldset className={styles.matcher}>
      <legend>{texts.title}</legend>
      <Row>
        <Field label={texts.method}>
          {(control) => (
            <Select
              {...control}
              value={method}
              options={methods.map((name) => ({ value: name, label: name }))}
              onChange={setMethod}
            />
          )}
        </Field>
        <Field label={texts.caller}>
          {(control) => (
            <Select
              {...control}
              value={caller}
              options={optionsFrom(texts.callers)}
              onChange={setCaller}
            />
          )}
        </Field>
      </Row>
      <Field label={texts.path}>
        {(control) => (
          <TextInput
            {...control}
            isMono
            spellCheck={false}
            value={path}
            onChange={(event) => setPath(event.target.value)}
          />
        )}
      </Field>
      <p role="status">
        {rule === undefined ? texts.none : texts.found(rule)}
        {isEnabled !== true && ` ${texts.off}`}
      </p>
    </fieldset>
  )
}
