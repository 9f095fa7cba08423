import { fieldKind } from '#dashboard/schema/fields/field-kinds.ts'
import type { Definition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import styles from './api-page.module.css'
import type { Operation } from './operations.ts'
import { responseSample } from './response-sample.ts'
import type { RelatedIds } from './sample-values.ts'

interface DetailsProps {
  readonly operation: Operation
  readonly collection: Definition
  readonly related: RelatedIds
}

const texts = t.apiPage

/** The parameters, the body, the response and the errors of an operation. */
export function OperationDetails({ operation, collection, related }: DetailsProps) {
  const response = responseSample(operation, collection, related)
  const hasBody = operation.key === 'create' || operation.key === 'update'
  return (
    <>
      {operation.parameters.length > 0 && (
        <Table
          title={texts.parametersTitle}
          rows={operation.parameters.map((name) => ({
            name,
            text: texts.parameters[name],
          }))}
        />
      )}
      {hasBody && <Table title={texts.bodyTitle} rows={bodyRows(collection)} />}
      <div className={styles.section}>
        <h3>{texts.responseTitle({ status: operation.status })}</h3>
        {response === undefined ? (
          <p>{texts.withoutBody}</p>
        ) : (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard
          <pre className={styles.code} tabIndex={0} role="region" aria-label={texts.response}>
            {response}
          </pre>
        )}
      </div>
      <Table
        title={texts.errorsTitle}
        rows={errorsOf(operation).map((status) => ({ name: status, text: texts.errors[status] }))}
      />
    </>
  )
}

interface Row {
  readonly name: string
  readonly text: string
}

function Table({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  return (
    <div className={styles.section}>
      <h3>{title}</h3>
      <dl className={styles.table}>
        {rows.map(({ name, text }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** The fields that a client may send. */
function bodyRows({ fields, type }: Definition): Row[] {
  const own = fields
    .filter((field) => field.type !== 'autodate' && field.name !== 'tokenKey')
    .map((field) => ({
      name: field.name,
      text: [
        fieldKind(field.type).label,
        ...(field.required === true && field.name !== 'id' ? [texts.required] : []),
        ...(field.hidden && type !== 'auth' ? [texts.hidden] : []),
      ].join(', '),
    }))
  return type === 'auth' ? [...own, { name: 'passwordConfirm', text: texts.passwordAgain }] : own
}

function errorsOf({ key, rule }: Operation): (keyof typeof texts.errors)[] {
  const isOne = ['view', 'update', 'delete'].includes(key)
  return [
    ...(key === 'view' || key === 'delete' ? [] : (['400'] as const)),
    ...(rule === null ? (['403'] as const) : []),
    ...(isOne ? (['404'] as const) : []),
    '429',
  ]
}
