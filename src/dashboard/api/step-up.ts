import { ClientResponseError } from 'pocketbase'
import { useSyncExternalStore } from 'react'

/** The proof of identity that the server wants before it does something. */
export interface WantedProof {
  /** The methods that the account has for it. */
  readonly methods: readonly string[]
}

/** A proof that the user is asked for. */
export interface ProofRequest extends WantedProof {
  /** Ends the question: with true once the identity is proved. */
  readonly settle: (isProved: boolean) => void
}

let open: ProofRequest | undefined
let answer: Promise<boolean> | undefined
const listeners = new Set<() => void>()

/** The proof that an error asks for; undefined for any other error. */
export function wantedProof(error: unknown): WantedProof | undefined {
  if (!(error instanceof ClientResponseError) || error.status !== 403) return undefined
  const { data } = error.response as {
    readonly data?: {
      readonly stepUp?: { readonly params?: { readonly methods?: readonly string[] } }
    }
  }
  const methods = data?.stepUp?.params?.methods
  return methods === undefined ? undefined : { methods }
}

/** Asks the user for a proof; false if they decline. Requests that wait for one share the question. */
export function askForProof(wanted: WantedProof): Promise<boolean> {
  answer ??= new Promise<boolean>((resolve) => {
    show({
      ...wanted,
      settle: (isProved) => {
        answer = undefined
        show(undefined)
        resolve(isProved)
      },
    })
  })
  return answer
}

/** The proof that is asked for at the moment. */
export function useProofRequest(): ProofRequest | undefined {
  return useSyncExternalStore(subscribe, () => open)
}

function show(request: ProofRequest | undefined): void {
  open = request
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
