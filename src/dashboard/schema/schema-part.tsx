import type { Draft } from '#dashboard/shell/draft/use-draft.ts'
import { ApiForm } from '#dashboard/api-page/api-form.tsx'
import { SignInForm } from '#dashboard/sign-in-options/sign-in-form.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import type { Definition } from './definition.ts'
import { FieldList } from '#dashboard/schema/fields/field-list.tsx'
import { IndexesForm } from '#dashboard/schema/indexes/indexes-form.tsx'
import { OptionsForm } from './options-form.tsx'
import { RulesForm } from '#dashboard/schema/rules/rules-form.tsx'
import styles from './schema.module.css'
import { ViewQuery } from './view-query.tsx'

interface PartProps {
  readonly part: string
  readonly draft: Draft<Definition>
}

/** The part of a definition that the address names. */
export function SchemaPart({ part, draft }: PartProps) {
  const { base, value, errors, change } = draft
  const form = { definition: value, errors, onChange: change }
  if (part === 'rules') {
    return (
      <section>
        <div className={styles.sectionHead}>
          <h2>{t.schema.rules.title}</h2>
          <p>{t.schema.rules.help}</p>
        </div>
        <RulesForm key={base.updated as string} {...form} />
      </section>
    )
  }
  if (part === 'sign-in' && value.type === 'auth') return <SignInForm base={base} {...form} />
  if (part === 'api') return <ApiForm collection={base} />
  if (part === 'indexes') return <IndexesForm {...form} />
  if (part === 'options') return <OptionsForm base={base} {...form} />
  if (value.type === 'view') {
    return (
      <ViewQuery
        value={value.viewQuery ?? ''}
        error={errors.get('viewQuery')}
        onChange={(viewQuery) => change((now) => ({ ...now, viewQuery }))}
      />
    )
  }
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2>{t.schema.fields.title}</h2>
        <p>{t.schema.fields.help}</p>
      </div>
      <FieldList base={base} {...form} />
    </section>
  )
}
