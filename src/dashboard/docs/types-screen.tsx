import { Link } from '@tanstack/react-router'
import { Download, ExternalLink } from 'lucide-react'
import { useApiDocument, useTypes } from '#dashboard/api/description.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useSaveSettings, useSettings } from '#dashboard/api/settings.ts'
import { SchemaPages } from '#dashboard/definitions/schema-pages.tsx'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/docs-texts.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Field, optionsFrom, Select } from '#dashboard/ui/field.tsx'
import { saveFile } from '#dashboard/ui/save-file.ts'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './docs.module.css'

const { docs: text } = t
const command = 'npm run types -- --output arete-types.ts'
const sample = `import PocketBase from 'pocketbase'
import type { TypedPocketBase } from './arete-types.ts'

export const client = new PocketBase('${location.origin}') as TypedPocketBase`

/** Descriptions of the collections for compilers and tools. */
export function TypesScreen() {
  return (
    <>
      <ScreenHeader title={text.title} />
      <SchemaPages current="types" />
      <TextColumn>
        <Types />
        <OpenApi />
      </TextColumn>
    </>
  )
}

function Types() {
  const { data, error, refetch } = useTypes()
  return (
    <section className={styles.section}>
      <h2>{text.types}</h2>
      <p>{text.typesText}</p>
      {error !== null && (
        <FailureNote
          title={text.typesUnreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <Skeleton lines={8} />}
      {data !== undefined && (
        <>
          <Code label={text.types} code={data} />
          <div className={styles.acts}>
            <CopyButton text={data} label={text.copyTypes} />
            <Button
              size="small"
              icon={Download}
              onClick={() => saveFile('arete-types.ts', data, 'text/plain')}
            >
              {text.downloadTypes}
            </Button>
          </div>
        </>
      )}
      <p>{text.sample}</p>
      <Code label={text.sample} code={sample} />
      <p>{text.command}</p>
      <Code label={text.command} code={command} />
    </section>
  )
}

function OpenApi() {
  const { data, error, refetch } = useApiDocument()
  const failure = error === null ? undefined : readFailure(error)
  return (
    <section className={styles.section}>
      <h2>{text.openApi}</h2>
      <p>{text.openApiText}</p>
      {failure !== undefined && (
        <FailureNote
          title={text.documentUnreadable}
          failure={failure}
          onRetry={() => void refetch()}
        />
      )}
      <div className={styles.acts}>
        <Link to="/docs" className={buttonClass()} preload={false}>
          <ExternalLink size={16} strokeWidth={1.75} aria-hidden />
          {text.openPage}
        </Link>
        {data !== undefined && (
          <Button
            icon={Download}
            onClick={() =>
              saveFile('openapi.json', JSON.stringify(data, null, 2), 'application/json')
            }
          >
            {text.downloadDocument}
          </Button>
        )}
      </div>
      <Access />
    </section>
  )
}

type AccessName = keyof typeof text.accesses

/** The readers of the document. Settings leave out the default. */
function Access() {
  const { data } = useSettings()
  const save = useSaveSettings()
  if (data === undefined) return null
  const { docs } = (data['arete'] ?? {}) as { readonly docs?: { readonly access?: AccessName } }
  return (
    <>
      {save.error !== null && (
        <FailureNote title={t.errors.notSaved({ count: 0 })} failure={readFailure(save.error)} />
      )}
      <Field label={text.access} help={text.accessHelp}>
        {(control) => (
          <Select<AccessName>
            {...control}
            value={docs?.access ?? 'superusers'}
            options={optionsFrom(text.accesses)}
            onChange={(access) =>
              save.mutate(
                { arete: { docs: { access } } },
                { onSuccess: () => showToast({ text: t.general.saved }) },
              )
            }
          />
        )}
      </Field>
    </>
  )
}

function Code({ label, code }: { readonly label: string; readonly code: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by the keyboard
    <pre className={styles.code} role="region" aria-label={label} tabIndex={0}>
      {code}
    </pre>
  )
}
