import { Hono } from 'hono'
import type { Catalog } from '#catalog/catalog.ts'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { typesFile } from '#openapi/typescript/types-file.ts'
import type { Audience } from './audience.ts'
import { describeApi } from './document.ts'
import { answerText, type DescribedText, describedText } from './described-text.ts'

/** Descriptions of this deployment, made when they are asked for. Database: 1 batch each. */
export const openApiRoutes = new Hono<AppEnv>()
  .get('/openapi.json', async (c) => {
    const asked = c.req.query('collections') ?? ''
    const names = asked === '' ? undefined : asked.split(',')
    const { transactor, rateLimiter } = c.get('services')
    const described = await transactor.read((context) => {
      rateLimiter.count(context)
      const { caller, catalog } = context
      if (catalog.settings.arete.docs.access !== 'public') assertSuperuser(caller)
      const audience = caller?.isSuperuser === true ? 'superuser' : 'public'
      // The batch confirms the caller before this is read.
      return { statements: [], read: () => describe(catalog, audience, names) }
    })
    return answerText(c, described, { type: 'application/json', fileName: 'openapi.json' })
  })
  .get('/schema/types.ts', async (c) => {
    const { transactor, rateLimiter } = c.get('services')
    const described = await transactor.read((context) => {
      rateLimiter.count(context)
      assertSuperuser(context.caller)
      return { statements: [], read: () => describedText(typesFile(context.catalog)) }
    })
    // Browsers take the media type that the ending has for a video.
    const type = 'text/plain; charset=utf-8'
    return answerText(c, described, { type, fileName: 'arete-types.ts' })
  })

/** Whole documents. They live as long as the catalog they describe. */
const known = new WeakMap<Catalog, Map<Audience, DescribedText>>()

async function describe(
  catalog: Catalog,
  audience: Audience,
  names: readonly string[] | undefined,
): Promise<DescribedText> {
  const documents = known.get(catalog) ?? new Map<Audience, DescribedText>()
  const document = names === undefined ? documents.get(audience) : undefined
  if (document !== undefined) return document

  const made = await describedText(JSON.stringify(describeApi(catalog, { audience, names })))
  if (names === undefined) known.set(catalog, documents.set(audience, made))
  return made
}
