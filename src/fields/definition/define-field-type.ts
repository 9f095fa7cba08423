import * as z from 'zod'
import type { Issues } from '#kernel/errors.ts'
import { lazy } from '#kernel/lazy.ts'
import type { Field, FieldDefinition, FieldType, SettingsContext } from './field-type.ts'

/** A definition whose options are decoded. */
export type Decoded<Shape extends z.ZodRawShape> = FieldDefinition & z.output<z.ZodObject<Shape>>

interface Declaration<Shape extends z.ZodRawShape> {
  readonly type: string
  readonly options: Shape
  validateOptions?(definition: Decoded<Shape>, context: SettingsContext): Issues
  compile(definition: Decoded<Shape>): Field
}

/** Creates a field type from its declaration. Its functions receive decoded, typed options. */
export function defineFieldType<const Shape extends z.ZodRawShape>(
  declaration: Declaration<Shape>,
): FieldType {
  const options = lazy(() => z.object(declaration.options))
  const decode = (definition: FieldDefinition): Decoded<Shape> => ({
    ...definition,
    ...options().parse(definition),
  })
  return {
    type: declaration.type,
    options,
    validateOptions: (definition, context) =>
      declaration.validateOptions?.(decode(definition), context) ?? {},
    compile: (definition) => declaration.compile(decode(definition)),
  }
}
