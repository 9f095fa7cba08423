/** The part of Swagger UI that the page uses. Its packages have no types for this build. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface SwaggerOptions {
    readonly domNode: HTMLElement
    readonly spec: object
    readonly deepLinking: boolean
    readonly docExpansion: 'list'
    readonly filter: boolean
    readonly validatorUrl: null
    readonly persistAuthorization: false
    readonly requestSnippetsEnabled: boolean
    readonly tryItOutEnabled: boolean
  }

  interface SwaggerUi {
    /** Fills in a token of the security scheme with this name. */
    preauthorizeApiKey(scheme: string, token: string): void
  }

  export default function SwaggerUIBundle(options: SwaggerOptions): SwaggerUi
}
