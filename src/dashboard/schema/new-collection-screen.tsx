import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useSaveCollection, useScaffolds } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { DraftGuard } from '#dashboard/shell/draft/draft-guard.tsx'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { useDraft } from '#dashboard/shell/draft/use-draft.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, FieldGroup, RadioGroup, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import type { CollectionModel } from 'pocketbase'
import { type Definition, definitionOf } from './definition.ts'
import { FieldList } from '#dashboard/schema/fields/field-list.tsx'
import { timeStamps } from '#dashboard/schema/fields/field-kinds.ts'
import { presetOf, presetOptions, withPreset } from '#dashboard/schema/rules/rule-presets.ts'
import { RulesForm } from '#dashboard/schema/rules/rules-form.tsx'
import styles from './schema.module.css'
import { noTemplate, TemplateChoice } from './template-choice.tsx'
import { withName, withoutFields } from './templates.ts'
import { TypeChoice } from '#dashboard/schema/fields/type-choice.tsx'
import { ViewQuery } from './view-query.tsx'

/** Makes a collection: its name, type, fields and rules on one page. */
export function NewCollectionScreen() {
  const { data, error, refetch } = useScaffolds()
  return (
    <>
      <ScreenHeader title={t.schema.newTitle} />
      {error !== null && (
        <TextColumn>
          <FailureNote
            title={t.schema.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
      {data === undefined ? error === null && <Skeleton /> : <Form scaffolds={data} />}
    </>
  )
}

interface FormProps {
  readonly scaffolds: Readonly<Record<string, CollectionModel>>
}

function Form({ scaffolds }: FormProps) {
  const navigate = useNavigate()
  const { mutateAsync } = useSaveCollection()
  const [first] = useState(() => initial(scaffolds, 'base'))
  const [template, setTemplate] = useState(noTemplate)
  const draft = useDraft({
    address: '/c/new',
    base: first,
    save: async (value) => definitionOf(await mutateAsync(value as Partial<CollectionModel>)),
  })
  const { value, errors, failure, isSaving, change } = draft
  const retype = (type: string): void => {
    const { fields } = template
    change((now) => retyped(withoutFields(now, fields), initial(scaffolds, type)))
    setTemplate(noTemplate)
  }
  const create = async (): Promise<void> => {
    const saved = await draft.save()
    if (saved === undefined) return
    showToast({ text: t.schema.created(saved) })
    await navigate({
      to: '/c/$collection',
      params: { collection: saved.name },
      ignoreBlocker: true,
    })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isSaving) void create()
  }
  useShortcuts([{ keys: 'Mod+S', label: t.schema.create, run: () => void create() }])
  const isView = value.type === 'view'
  return (
    <form onSubmit={submit} noValidate className={styles.form}>
      <TextColumn>
        <DraftGuard draft={draft} />
        {failure !== undefined && (
          <FailureNote
            title={t.errors.notSaved({ count: failure.fields.size })}
            failure={failure}
          />
        )}
        <section className={styles.section}>
          <Field label={t.schema.name} help={t.schema.nameHelp} error={errors.get('name')}>
            {(control) => (
              <TextInput
                {...control}
                value={value.name}
                // oxlint-disable-next-line jsx-a11y/no-autofocus -- the first thing to type on a page made for it
                autoFocus
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                maxLength={255}
                onChange={({ target }) => change((now) => withName(now, target.value.trim()))}
              />
            )}
          </Field>
          <TypeChoice value={value.type} onChange={retype} />
          <TemplateChoice
            definition={value}
            chosen={template}
            onChoose={setTemplate}
            onChange={change}
          />
        </section>
        {isView ? (
          <ViewQuery
            value={value.viewQuery ?? ''}
            error={errors.get('viewQuery')}
            onChange={(viewQuery) => change((now) => ({ ...now, viewQuery }))}
          />
        ) : (
          <section className={styles.section}>
            <div className={styles.sectionHead}>
              <h2>{t.schema.fields.title}</h2>
              <p>{t.schema.fields.help}</p>
            </div>
            <FieldList base={first} definition={value} errors={errors} onChange={change} />
          </section>
        )}
        <section className={styles.section}>
          <div className={styles.sectionHead}>
            <h2>{t.schema.rules.title}</h2>
            <p>{t.schema.rules.help}</p>
          </div>
          {!isView && (
            <FieldGroup label={t.schema.rules.presetLabel}>
              <RadioGroup
                name="preset"
                value={presetOf(value)}
                options={presetOptions.filter(
                  (option) => option.value !== 'own' || presetOf(value) === 'own',
                )}
                onChange={(preset) => change((now) => withPreset(now, preset))}
              />
            </FieldGroup>
          )}
          <details open={isView || hasRuleError(errors)}>
            <summary>{t.schema.rules.each}</summary>
            <RulesForm definition={value} errors={errors} onChange={change} />
          </details>
        </section>
      </TextColumn>
      <div className={styles.bar}>
        <span />
        <Button look="primary" type="submit" isBusy={isSaving} shortcut="Ctrl+S">
          {t.schema.create}
        </Button>
      </div>
    </form>
  )
}

function initial(scaffolds: FormProps['scaffolds'], type: string): Definition {
  const scaffold = scaffolds[type]
  if (scaffold === undefined) throw new Error(`There is no scaffold of the type ${type}.`)
  const definition = definitionOf(scaffold)
  const fields = type === 'view' ? [] : [...definition.fields, ...timeStamps()]
  return { ...definition, fields }
}

/** Another type keeps the name, the rules and the fields that were added by hand. */
function retyped(now: Definition, next: Definition): Definition {
  const own = now.fields.filter(({ system, type }) => !system && type !== 'autodate')
  const system = next.fields.filter((field) => field.system)
  const stamps = next.fields.filter((field) => !field.system)
  const { listRule, viewRule } = now
  return {
    ...next,
    name: now.name,
    listRule,
    viewRule,
    ...(next.type === 'view'
      ? {}
      : {
          fields: [...system, ...own, ...stamps],
          createRule: now['createRule'],
          updateRule: now['updateRule'],
          deleteRule: now['deleteRule'],
        }),
  }
}

function hasRuleError(errors: ReadonlyMap<string, string>): boolean {
  return [...errors.keys()].some((key) => key.endsWith('Rule'))
}
