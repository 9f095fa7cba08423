import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { definitionOf } from '#dashboard/schema/definition.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { ExportForm } from './export-form.tsx'
import { ImportForm } from './import-form.tsx'
import { SchemaPages } from './schema-pages.tsx'

/** Takes the definitions of collections out of this deployment, and brings others in. */
export function DefinitionsScreen() {
  const { data, error, refetch } = useCollections()
  const collections = data?.map(definitionOf)
  return (
    <>
      <ScreenHeader title={t.definitions.title} />
      <SchemaPages current="definitions" />
      <TextColumn>
        {error !== null && (
          <FailureNote
            title={t.home.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
        {collections === undefined && error === null && <Skeleton />}
        {collections !== undefined && (
          <>
            <ExportForm collections={collections} />
            <ImportForm collections={collections} />
          </>
        )}
      </TextColumn>
    </>
  )
}
