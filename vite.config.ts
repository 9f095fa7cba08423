import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const root = join(import.meta.dirname, 'src/dashboard')

/** Where `npm start` serves the API that the development server passes requests on to. */
const api = process.env['ARETE'] ?? 'http://127.0.0.1:8787'

/**
 * Serves `theme.js` as a classic script with a hash in its name. It has to run before the first
 * paint, so it blocks, which no bundled module can.
 */
function themeScript(): Plugin {
  const source = readFileSync(join(root, 'theme.js'), 'utf8')
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8)
  const fileName = `assets/theme-${hash}.js`
  let isBuild = false
  return {
    name: 'theme-script',
    configResolved: ({ command }) => {
      isBuild = command === 'build'
    },
    transformIndexHtml: {
      order: 'pre',
      handler: () => [
        {
          tag: 'script',
          attrs: { src: isBuild ? `/_/${fileName}` : '/_/theme.js' },
          injectTo: 'head',
        },
      ],
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source })
    },
  }
}

/** The list of common passwords that collections can refuse, as a file of its own for the server. */
function commonPasswords(): Plugin {
  return {
    name: 'common-passwords',
    generateBundle() {
      const known = dictionary['passwords-common'] ?? []
      const source = known
        .map((word) => String(word).toLowerCase())
        .filter((word) => word.length >= 8)
        .slice(0, 10_000)
        .join('\n')
      this.emitFile({ type: 'asset', fileName: 'assets/common-passwords.txt', source })
    },
  }
}

/** The dashboard: built into the folder of the front end, under the path that it never has. */
// oxlint-disable-next-line import/no-default-export -- Vite demands it
export default defineConfig({
  root,
  base: '/_/',
  publicDir: false,
  plugins: [react(), themeScript(), commonPasswords()],
  html: { cspNonce: '{CSP_NONCE}' },
  build: {
    outDir: join(import.meta.dirname, 'public/_'),
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    license: { fileName: 'assets/licences.md' },
    // The policy allows no `data:` fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // What the shell's own path does not cover is the server's.
    proxy: {
      '/api': api,
      '/_/auth': api,
      '/_/inbox': api,
      '/favicon.ico': api,
    },
  },
})
