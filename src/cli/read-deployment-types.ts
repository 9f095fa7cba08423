import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { type DeploymentTarget, openOriginal } from '#cli/deployment/deployment.ts'
import { typesFile } from '#openapi/typescript/types-file.ts'

/** Writes the types of a deployment's collections. */
export async function readDeploymentTypes(target: DeploymentTarget): Promise<string> {
  const { db, close } = await openOriginal(target)
  try {
    return typesFile(await createCatalogCache().current(db))
  } finally {
    await close()
  }
}
