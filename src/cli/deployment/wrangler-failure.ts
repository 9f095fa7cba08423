import * as z from 'zod'

/** The message if wrangler has no account to use. */
export const notSignedIn = `wrangler is not signed in to Cloudflare. Either sign in:

  npx wrangler login

or set CLOUDFLARE_API_TOKEN to a token made from the template "Edit Cloudflare Workers",
with D1 Edit added to its permissions.`

const jsonFailure = z.object({ error: z.object({ text: z.string() }) })

/** Extracts the error from the output of a failed wrangler, which is JSON if JSON was requested. */
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
