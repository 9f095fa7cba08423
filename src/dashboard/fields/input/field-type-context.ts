import { createContext } from 'react'
import type { FieldType } from '#dashboard/fields/field-type.ts'

/** The type of the field whose input is being rendered, for its label. */
export const FieldTypeContext = createContext<FieldType | undefined>(undefined)
