import type { CollectionModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { useAccount } from '#dashboard/api/session.ts'
import { RuleEditor } from '#dashboard/rules/rule-editor.tsx'
import { t } from '#dashboard/text/access-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CodeEditor } from '#dashboard/ui/code-editor/code-editor.tsx'
import { Checkbox, Field, Select, TextArea, TextInput } from '#dashboard/ui/field.tsx'
import styles from './explain.module.css'
import {
  actionsOf,
  isComplete,
  readBody,
  type RequestForm,
  storedRuleOf,
  takesBody,
  takesRecord,
} from './explained-request.ts'
import { RecordField } from './record-field.tsx'

const { explain: text } = t

interface ExplainFormProps {
  readonly form: RequestForm
  readonly collections: readonly CollectionModel[]
  readonly isBusy: boolean
  /** The server's issues, by field. */
  readonly issues: ReadonlyMap<string, string>
  readonly onChange: (change: Partial<RequestForm>) => void
  readonly onSubmit: () => void
}

/** The request to explain: of what, by which caller, and a draft of the rule. */
export function ExplainForm(props: ExplainFormProps) {
  const { form, collections, isBusy, issues, onChange, onSubmit } = props
  const collection = collections.find(({ name }) => name === form.collection)
  const isInvalidBody = takesBody(form.action) && readBody(form.body) === undefined
  const reason = !isComplete(form) ? text.incomplete : isInvalidBody ? text.bodyInvalid : undefined
  return (
    <form
      className={styles.form}
      aria-label={text.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (reason === undefined) onSubmit()
      }}
    >
      <div className={styles.row}>
        <Field label={text.collection} error={issues.get('collection')}>
          {(control) => (
            <Select
              {...control}
              value={form.collection}
              options={[
                ...(collection === undefined ? [{ value: '', label: text.chooseCollection }] : []),
                ...collections.map(({ name }) => ({ value: name, label: name })),
              ]}
              onChange={(name) => onChange(toCollection(form, name, collections))}
            />
          )}
        </Field>
        <Field label={text.action} error={issues.get('action')}>
          {(control) => (
            <Select
              {...control}
              value={form.action}
              options={actionsOf(collection ?? { type: 'base' }).map((action) => ({
                value: action,
                label: text.actions[action],
              }))}
              onChange={(action) => onChange({ action, isDraft: false })}
            />
          )}
        </Field>
      </div>
      <CallerFields {...props} />
      {collection !== undefined && <RequestFields {...props} collection={collection} />}
      {collection !== undefined && <DraftField {...props} collection={collection} />}
      <div>
        <Button
          type="submit"
          look="primary"
          isBusy={isBusy}
          shortcut="Ctrl+Enter"
          disabledReason={reason}
        >
          {text.submit}
        </Button>
      </div>
    </form>
  )
}

/** Keeps what still fits when another collection is chosen. */
function toCollection(
  { action }: RequestForm,
  name: string,
  collections: readonly CollectionModel[],
): Partial<RequestForm> {
  const collection = collections.find((each) => each.name === name)
  const hasAction = actionsOf(collection ?? { type: 'base' }).some((known) => known === action)
  return {
    collection: name,
    record: '',
    isDraft: false,
    ...(hasAction ? {} : { action: 'view' }),
  }
}

/** The caller: a guest, you, or an account. */
function CallerFields({ form, collections, issues, onChange }: ExplainFormProps) {
  const me = useAccount()
  const [accounts, id = ''] = form.as.split('/')
  const mine = me === null ? undefined : `${me.collectionName}/${me.id}`
  const owner = collections.find(({ name }) => name === accounts)
  const isMine = form.as === mine
  return (
    <div className={styles.row}>
      <Field label={text.as} error={issues.get('auth')}>
        {(control) => (
          <Select
            {...control}
            value={isMine || owner === undefined ? form.as : `${owner.name}/`}
            options={[
              { value: 'guest', label: text.guest },
              ...(mine === undefined ? [] : [{ value: mine, label: text.me }]),
              ...collections
                .filter(({ type }) => type === 'auth')
                .map(({ name }) => ({
                  value: `${name}/`,
                  label: text.accountOf({ collection: name }),
                })),
            ]}
            onChange={(as) => onChange({ as })}
          />
        )}
      </Field>
      {owner !== undefined && !isMine && (
        <div className={styles.stack}>
          <RecordField
            label={text.account}
            target={owner}
            id={id}
            onChange={(chosen) => onChange({ as: `${owner.name}/${chosen}` })}
          />
        </div>
      )}
    </div>
  )
}

interface RequestFieldsProps extends ExplainFormProps {
  readonly collection: CollectionModel
}

/** The record, the body and the parameters of the request. */
function RequestFields({ form, collection, issues, onChange }: RequestFieldsProps) {
  const { action } = form
  const isInvalidBody = readBody(form.body) === undefined
  return (
    <>
      {action === 'realtime' && (
        <Field label={text.topic}>
          {(control) => (
            <Select
              {...control}
              value={form.topic}
              options={[
                { value: '*', label: text.topics['*'] },
                { value: 'record', label: text.topics.record },
              ]}
              onChange={(topic) => onChange({ topic, isDraft: false })}
            />
          )}
        </Field>
      )}
      {takesRecord(action) && (
        <RecordField
          label={recordLabel(action)}
          target={collection}
          id={form.record}
          help={action === 'list' ? text.optionalRecord : undefined}
          error={issues.get('record')}
          onChange={(record) => onChange({ record })}
        />
      )}
      {takesBody(action) && (
        <Field
          label={text.body}
          help={text.bodyHelp}
          error={isInvalidBody ? text.bodyInvalid : undefined}
        >
          {({ id, ...control }) => (
            <CodeEditor
              id={id}
              label={text.body}
              language="json"
              describedBy={control['aria-describedby']}
              isInvalid={isInvalidBody}
              value={form.body}
              onChange={(body) => onChange({ body })}
            />
          )}
        </Field>
      )}
      {action === 'list' && (
        <div className={styles.row}>
          <Line
            label={text.filter}
            value={form.filter}
            onChange={(filter) => onChange({ filter })}
          />
          <Line label={text.sort} value={form.sort} onChange={(sort) => onChange({ sort })} />
        </div>
      )}
      <details className={styles.more}>
        <summary>{text.more}</summary>
        <div className={styles.stack}>
          {(action === 'list' || action === 'view') && (
            <Line
              label={text.expand}
              value={form.expand}
              onChange={(expand) => onChange({ expand })}
            />
          )}
          <Lines
            label={text.query}
            help={text.queryHelp}
            value={form.query}
            onChange={(query) => onChange({ query })}
          />
          <Lines
            label={text.headers}
            help={text.headersHelp}
            value={form.headers}
            onChange={(headers) => onChange({ headers })}
          />
        </div>
      </details>
    </>
  )
}

function recordLabel(action: string): string {
  if (action === 'list') return text.recordToList
  return action === 'auth' ? text.signingIn : text.record
}

/** A draft of the rule, which begins as the stored one. */
function DraftField({ form, collection, collections, onChange }: RequestFieldsProps) {
  return (
    <div className={styles.stack}>
      <Checkbox
        label={text.tryDraft}
        isChecked={form.isDraft}
        onChange={(isDraft) =>
          onChange(
            isDraft && form.draft === ''
              ? { isDraft, draft: storedRuleOf(form, collection) }
              : { isDraft },
          )
        }
      />
      {form.isDraft && (
        <RuleEditor
          label={text.draft}
          rule={form.draft}
          collection={collection}
          collections={collections}
          error={undefined}
          onChange={(draft) => onChange({ draft })}
        />
      )}
    </div>
  )
}

interface LineProps {
  readonly label: string
  readonly help?: ReactNode
  readonly value: string
  readonly onChange: (value: string) => void
}

function Line({ label, value, onChange }: LineProps) {
  return (
    <Field label={label}>
      {(control) => (
        <TextInput
          {...control}
          isMono
          value={value}
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}

function Lines({ label, help, value, onChange }: LineProps) {
  return (
    <Field label={label} help={help}>
      {(control) => (
        <TextArea
          {...control}
          isMono
          rows={2}
          value={value}
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
