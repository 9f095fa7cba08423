import { useEffect, useRef, useState } from 'react'
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import './swagger.css'

/** The name of the security scheme in the document. */
const scheme = 'token'

interface ViewProps {
  readonly document: object
  /** The token for requests that are tried out; empty for none. */
  readonly token: string
}

/** Swagger UI with a document. It asks no other server, and gets a token only when it is given one. */
export function SwaggerView({ document: spec, token }: ViewProps) {
  const place = useRef<HTMLDivElement>(null)
  const [ui, setUi] = useState<ReturnType<typeof SwaggerUIBundle>>()
  useEffect(() => {
    if (place.current === null) return
    setUi(
      SwaggerUIBundle({
        domNode: place.current,
        spec,
        deepLinking: false,
        docExpansion: 'list',
        filter: true,
        // The default sends the document to a server of Swagger's.
        validatorUrl: null,
        persistAuthorization: false,
        requestSnippetsEnabled: true,
        tryItOutEnabled: false,
      }),
    )
  }, [spec])
  useEffect(() => {
    if (token !== '') ui?.preauthorizeApiKey(scheme, token)
  }, [ui, token])
  useEffect(() => {
    const root = document.documentElement
    root.classList.toggle('dark-mode', root.dataset['theme'] === 'dark')
    return () => root.classList.remove('dark-mode')
  }, [])
  return <div ref={place} />
}
