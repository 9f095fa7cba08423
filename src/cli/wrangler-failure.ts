import * as z from 'zod'

/** What to do when wrangler has no account to act for. */
export const notSignedIn = `wrangler is not signed in to Cloudflare. Either sign in:

  npx wrangler login

or set CLOUDFLARE_API_TOKEN to a token made from the template "Edit Cloudflare Workers",
with D1 Edit added to its permissions.`

const jsonFailure = z.object({ error: z.object({ text: z.string() }) })

/** What went wrong, out of all that a failed wrangler printed; asked for JSON, it fails in JSON too. */
export function wranglerFailure(output: string): string {
  const text = jsonText(output) ?? output.trim()
  return /set a CLOUDFLARE_API_TOKEN/.test(text) ? notSignedIn : text
}

function jsonText(output: string): string | undefined {
  try {
    return jsonFailure.safeParse(JSON.parse(output)).data?.error.text
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
