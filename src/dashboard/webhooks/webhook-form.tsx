import type { CollectionModel } from 'pocketbase'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Draft } from '#dashboard/shell/draft/use-draft.ts'
import { DraftGuard } from '#dashboard/shell/draft/draft-guard.tsx'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { keysText, useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { RuleEditor } from '#dashboard/rules/rule-editor.tsx'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import {
  Checkbox,
  Field,
  FieldGroup,
  optionsFrom,
  Select,
  TextInput,
} from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { HeaderInputs } from './header-inputs.tsx'
import { PayloadPreview } from './payload-preview-view.tsx'
import { changeTypes, type WebhookValue } from './webhook-value.ts'
import styles from './webhooks.module.css'

const { form: text } = t.webhooks

interface FormProps {
  readonly draft: Draft<WebhookValue>
  /** The collections that a webhook can be about. */
  readonly collections: readonly CollectionModel[]
  readonly action: string
  readonly isNew: boolean
  readonly onSave: () => void
}

/** The form of a webhook, new or stored. */
export function WebhookForm({ draft, collections, action, isNew, onSave }: FormProps) {
  const { value, errors, failure, isSaving, isDirty, change } = draft
  const summary = useRef<HTMLDivElement>(null)
  const set = (changes: Partial<WebhookValue>): void => change((now) => ({ ...now, ...changes }))
  const collection = collections.find(({ name }) => name === value.collection)
  const submit = (event?: FormEvent): void => {
    event?.preventDefault()
    if (!isSaving && (isNew || isDirty)) onSave()
  }
  useShortcuts([{ keys: 'Mod+S', label: action, run: () => submit() }])
  useEffect(() => {
    if (failure !== undefined) summary.current?.focus()
  }, [failure])
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <TextColumn>
        <DraftGuard draft={draft} />
        {failure !== undefined && (
          <div ref={summary} tabIndex={-1}>
            <FailureNote
              title={t.errors.notSaved({ count: failure.fields.size })}
              failure={failure}
            />
          </div>
        )}
        <Section title={text.receiver}>
          <Field label={text.name} help={text.nameHelp} error={errors.get('name')}>
            {(control) => (
              <TextInput
                {...control}
                value={value.name}
                autoComplete="off"
                onChange={({ target }) => set({ name: target.value })}
              />
            )}
          </Field>
          <Field label={text.url} help={text.urlHelp} error={errors.get('url')}>
            {(control) => (
              <TextInput
                {...control}
                type="url"
                isMono
                value={value.url}
                autoComplete="off"
                spellCheck={false}
                onChange={({ target }) => set({ url: target.value })}
              />
            )}
          </Field>
          <Switch
            label={text.enabled}
            help={text.enabledHelp}
            isChecked={value.enabled}
            onChange={(enabled) => set({ enabled })}
          />
        </Section>
        <Section title={text.changes}>
          <Field label={text.collection} error={errors.get('collection')}>
            {(control) => (
              <Select
                {...control}
                value={value.collection}
                options={collections.map(({ name }) => ({ value: name, label: name }))}
                onChange={(name) => set({ collection: name, fields: [] })}
              />
            )}
          </Field>
          <FieldGroup label={text.events} error={errorWithin(errors, 'events')}>
            {changeTypes.map((type) => (
              <Checkbox
                key={type}
                label={text.eventLabels[type]}
                isChecked={value.events.includes(type)}
                onChange={(isOn) => set({ events: toggled(value.events, type, isOn) })}
              />
            ))}
          </FieldGroup>
          {collection !== undefined && (
            <RuleEditor
              label={text.filter}
              place="event"
              rule={value.filter}
              collection={collection}
              collections={collections}
              error={errors.get('filter')}
              onChange={(filter) => set({ filter })}
            />
          )}
          <Switch
            label={text.ordered}
            help={text.orderedHelp}
            isChecked={value.ordered}
            onChange={(ordered) => set({ ordered })}
          />
        </Section>
        <Section title={text.body}>
          <Field label={text.payload} error={errors.get('payload')}>
            {(control) => (
              <Select
                {...control}
                value={value.payload as keyof typeof text.payloads}
                options={optionsFrom(text.payloads)}
                onChange={(payload) => set({ payload })}
              />
            )}
          </Field>
          {value.payload !== 'thin' && collection !== undefined && (
            <FieldGroup
              label={text.fields}
              help={text.fieldsHelp}
              error={errorWithin(errors, 'fields')}
            >
              <div className={styles.choices}>
                {sendable(collection).map((name) => (
                  <Checkbox
                    key={name}
                    label={name}
                    isChecked={value.fields.includes(name)}
                    onChange={(isOn) => set({ fields: toggled(value.fields, name, isOn) })}
                  />
                ))}
              </div>
            </FieldGroup>
          )}
          {collection !== undefined && <PayloadPreview value={value} collection={collection} />}
        </Section>
        <Section title={text.delivery}>
          <Field label={text.timeout} help={text.timeoutHelp} error={errors.get('timeout')}>
            {(control) => (
              <TextInput
                {...control}
                inputMode="numeric"
                value={value.timeout}
                onChange={({ target }) => set({ timeout: target.value })}
              />
            )}
          </Field>
          <HeaderInputs
            headers={value.headers}
            errors={errors}
            onChange={(headers) => set({ headers })}
          />
        </Section>
      </TextColumn>
      {(isNew || isDirty) && (
        <div className={styles.bar}>
          <span>{isNew ? '' : t.webhooks.unsaved}</span>
          {isDirty && !isNew && (
            <Button look="quiet" onClick={draft.discard}>
              {t.webhooks.discard}
            </Button>
          )}
          <Button type="submit" look="primary" isBusy={isSaving} shortcut={keysText('Mod+S')}>
            {action}
          </Button>
        </div>
      )}
    </form>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

interface SwitchProps {
  readonly label: string
  readonly help: string
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
}

function Switch({ label, help, isChecked, onChange }: SwitchProps) {
  return (
    <div>
      <Checkbox label={label} isChecked={isChecked} onChange={onChange} />
      <p className={styles.switchHelp}>{help}</p>
    </div>
  )
}

function toggled(chosen: readonly string[], name: string, isOn: boolean): readonly string[] {
  return isOn ? [...chosen, name] : chosen.filter((each) => each !== name)
}

/** The names of the fields that a body can have. */
function sendable({ fields }: CollectionModel): readonly string[] {
  return fields
    .filter(({ name, type, hidden }) => name !== 'id' && type !== 'password' && !hidden)
    .map(({ name }) => name)
}

/** The error of a list, or the first of its entries. */
function errorWithin(errors: ReadonlyMap<string, string>, path: string): string | undefined {
  const key = [...errors.keys()].find((each) => each === path || each.startsWith(`${path}.`))
  return key === undefined ? undefined : errors.get(key)
}
