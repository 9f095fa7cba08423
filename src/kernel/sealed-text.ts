/*
 * Encryption of stored secrets: AES-256-GCM with a key that HKDF-SHA-256 derives from a passphrase.
 * The purpose of a text is authenticated with it, so a sealed text cannot be moved to another
 * place. Format: `enc:v1:` and the base64 of nonce and ciphertext.
 */

/** The passphrase and purpose of a sealed text. */
export interface Seal {
  /**
   * A random string. Nothing slows guesses down, so a passphrase chosen by a person is too weak.
   */
  readonly passphrase: string
  /** The purpose of the text, which is authenticated with it. */
  readonly purpose: string
}

const prefix = 'enc:v1:'
const nonceBytes = 12

/** True if a string has the format of a sealed text. */
export function isSealed(text: string): boolean {
  return text.startsWith(prefix)
}

/** Seals a text. The result differs each time. */
export async function seal(text: string, { passphrase, purpose }: Seal): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const ciphertext = await crypto.subtle.encrypt(
    parametersOf(nonce, purpose),
    await keyOf(passphrase),
    bytesOf(text),
  )
  return prefix + btoa(String.fromCharCode(...nonce, ...new Uint8Array(ciphertext)))
}

/**
 * Opens a sealed text. Undefined unless the passphrase and purpose match and the text is intact.
 */
export async function unseal(
  sealed: string,
  { passphrase, purpose }: Seal,
): Promise<string | undefined> {
  if (!isSealed(sealed)) return undefined
  const key = await keyOf(passphrase)
  try {
    const bytes = Uint8Array.from(atob(sealed.slice(prefix.length)), (c) => c.charCodeAt(0))
    const nonce = bytes.slice(0, nonceBytes)
    const ciphertext = bytes.slice(nonceBytes)
    const text = await crypto.subtle.decrypt(parametersOf(nonce, purpose), key, ciphertext)
    return new TextDecoder().decode(text)
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

function parametersOf(
  iv: Uint8Array,
  purpose: string,
): { name: 'AES-GCM'; iv: Uint8Array; additionalData: Uint8Array } {
  return { name: 'AES-GCM', iv, additionalData: bytesOf(purpose) }
}

async function keyOf(passphrase: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytesOf(passphrase), 'HKDF', false, [
    'deriveKey',
  ])
  return await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytesOf('sealed text v1') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
