import { getRouteApi, Link } from '@tanstack/react-router'
import { useCollections } from '#dashboard/api/collections.ts'
import { useRelatedIds } from '#dashboard/api/records/related-ids.ts'
import type { Definition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import styles from './api-page.module.css'
import { CallerNote } from './caller-note.tsx'
import { OperationDetails } from './operation-details.tsx'
import { operationsOf } from './operations.ts'
import { callerOf } from './sample-context.ts'
import { sampleBody } from './sample-values.ts'
import { Samples } from './samples.tsx'

const route = getRouteApi('/inside/c/$collection/schema/$part')

/** The API of a collection as it is stored: each operation with samples that run as they are. */
export function ApiForm({ collection }: { readonly collection: Definition }) {
  const { operation: wanted } = route.useSearch()
  const { data: collections = [] } = useCollections()
  const operations = operationsOf(collection)
  const operation = operations.find(({ key }) => key === wanted) ?? operations[0]
  const related = useRelatedIds(relationsOf(collection))
  if (operation === undefined) return null
  const accounts = collections.filter(({ type, system }) => type === 'auth' && !system)
  const own = collection.type === 'auth' ? [collection.name] : []
  const caller = callerOf(operation.rule, [...own, ...accounts.map(({ name }) => name)])
  const body = sampleBody(collection, related)
  return (
    <div className={styles.page}>
      <nav className={styles.operations} aria-label={t.apiPage.navigation}>
        {operations.map(({ key, label }) => (
          <Link
            key={key}
            to="/c/$collection/schema/$part"
            params={{ collection: collection.name, part: 'api' }}
            search={{ operation: key }}
            className={styles.operation}
            activeProps={{ 'aria-current': undefined }}
            aria-current={key === operation.key ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <section className={styles.section} aria-label={operation.label}>
        <h2>{operation.label}</h2>
        <p className={styles.address}>
          <strong>{operation.method}</strong> <code>{`${location.origin}${operation.path}`}</code>
        </p>
        <CallerNote rule={operation.rule} />
        <Samples context={{ operation, collection, origin: location.origin, body, caller }} />
        <OperationDetails operation={operation} collection={collection} related={related} />
      </section>
    </div>
  )
}

function relationsOf({ fields }: Definition): string[] {
  const ids = fields
    .filter(({ type }) => type === 'relation')
    .map((field) => String(field['collectionId']))
  return [...new Set(ids)]
}
