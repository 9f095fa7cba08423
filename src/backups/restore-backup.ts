/*
 * Restores an archive in steps. Each step resumes the load: staging tables and marks record the
 * progress of rows, files and their comparison.
 */
import { portableSeeds } from '#auth/factors/portable-seeds.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { StepStorage } from '#platform/step-storage.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { sealNewSecrets, type SettingsKeys } from '#settings/secrets.ts'
import { openArchive } from './archive-source.ts'
import { loadDeployment, type LoadMarks, noMarks } from '#transfer/load-deployment.ts'
import { type BackupContent, type LeftOut, maxNamed } from './backup-report.ts'
import {
  budgetedBucket,
  budgetedDatabase,
  StepBudget,
  type StepLimits,
  StepOverError,
} from './step-budget.ts'

/** Dependencies of a restore. */
export interface RestorePorts {
  readonly db: Database
  readonly bucket: Bucket
  readonly storage: StepStorage
  readonly catalog: Catalog
  readonly keys: SettingsKeys
  /** Limits of a step. The default is what the platform allows. */
  readonly limits?: StepLimits
}

const marksKey = 'marks'

/** Said of an archive that a version without second factors has made. */
const withoutFactors: LeftOut = {
  collection: '',
  id: '',
  field: '',
  reason:
    'The archive is of a version without second factors. Accounts that were here before keep theirs; all others have none.',
}

/**
 * Runs one step of a restore. Returns what was loaded once it is done.
 *
 * @throws {Error} If the archive is damaged or the deployment has changed. Nothing is replaced
 * then.
 */
export async function stepRestore(
  { db, bucket, storage, catalog, keys, limits }: RestorePorts,
  key: string,
): Promise<BackupContent | undefined> {
  const budget = new StepBudget(limits)
  const limited = { db: budgetedDatabase(db, budget), bucket: budgetedBucket(bucket, budget) }
  const object = await bucket.head(key)
  if (object === null) throw new Error('The archive no longer exists.')
  const marks = (await storage.get<LoadMarks>(marksKey)) ?? noMarks()
  try {
    const archive = await openArchive(limited.bucket, key)
    const settings =
      archive.settings && (await sealNewSecrets(keys, defaultSettings, archive.settings))
    const source = { ...archive, settings }
    const { records, files, refused } = await loadDeployment(
      { ...limited, catalog, seeds: portableSeeds(keys) },
      source,
      {
        fingerprint: `backup ${object.etag}`,
        existing: 'replace',
        source: 'restore',
        onProgress: () => {},
        marks,
        expectSame: () => {},
      },
    )
    const leftOut = [
      ...refused.map((record) => ({ ...record, field: '', reason: 'The record is too large.' })),
      ...archive.leftOut.map((name) => ({
        collection: '',
        id: '',
        field: '',
        reason: `The name ${JSON.stringify(name)} of an entry is unsafe.`,
      })),
      ...(archive.hasFactors ? [] : [withoutFactors]),
    ]
    return {
      records: Object.fromEntries(records.map(({ collection, count }) => [collection, count])),
      files: { count: files.files, bytes: files.bytes },
      missing: archive.manifest.missing.slice(0, maxNamed),
      leftOut: leftOut.slice(0, maxNamed),
    }
  } catch (error) {
    if (!(error instanceof StepOverError)) throw error
    await storage.put({ [marksKey]: marks })
    return undefined
  }
}
