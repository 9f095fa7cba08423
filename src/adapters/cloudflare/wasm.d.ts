/** Workers compile a WebAssembly file at deployment and import it as a module to instantiate. */
declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
