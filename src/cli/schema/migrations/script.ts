/*
 * Runs a script in a part of JavaScript: enough for what PocketBase generates, and for most of what
 * people add to it. A script reaches only what it is given, because nothing else exists here: no
 * file, no network, no process, no prototype. It ends after a number of steps.
 */
import * as acorn from 'acorn'
import { firstLine } from './first-line.ts'
import {
  isTrue,
  listOf,
  memberOf,
  membersOf,
  numberOf,
  setMember,
  textOf,
} from './built-in-members.ts'
import { Scope } from './scope.ts'
import {
  BeyondError,
  Callable,
  limited,
  type Members,
  ScriptError,
  type Value,
} from './script-value.ts'

/** A statement that was not run. */
export interface Skipped {
  readonly line: number
  /** The beginning of its text. */
  readonly text: string
  readonly reason: string
}

/** Steps of a script. */
const maxSteps = 2_000_000
/** Nested calls and expressions. */
const maxDepth = 400

/** The end of a block before its last statement. */
type End =
  | undefined
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'break' | 'continue' }

/** A script, which is read once and whose functions can be called. */
export class Script {
  readonly skipped: Skipped[] = []
  readonly #source: string
  #steps = 0
  #depth = 0
  /** Calls of the script's own functions. */
  #calls = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Runs the script. @throws {ScriptError} If it fails. */
  run(globals: ReadonlyMap<string, Value>): void {
    const scope = new Scope()
    for (const [name, value] of globals) scope.declare(name, value)
    this.#within(() => this.#block(this.#program().body as acorn.Statement[], new Scope(scope)))
  }

  /** Calls a function that the script made. @throws {ScriptError} If it fails. */
  call(callback: Callable, args: readonly Value[]): void {
    this.#within(() => callback.call(args))
  }

  #within(work: () => unknown): void {
    this.#calls = 0
    try {
      work()
    } catch (error) {
      if (error instanceof RangeError) throw new ScriptError('It is nested too deeply.')
      if (error instanceof SyntaxError) throw new ScriptError(error.message)
      throw error
    }
  }

  #program(): acorn.Program {
    return acorn.parse(this.#source, {
      ecmaVersion: 2025,
      sourceType: 'script',
      locations: true,
      allowHashBang: true,
    })
  }

  #step(): void {
    this.#steps++
    if (this.#steps > maxSteps) throw new ScriptError('It does not come to an end.')
  }

  #block(statements: readonly acorn.Statement[], scope: Scope): End {
    for (const statement of statements) {
      if (statement.type === 'FunctionDeclaration') {
        scope.declare(statement.id.name, this.#closure(statement, scope))
      }
    }
    for (const statement of statements) {
      const end = this.#guarded(statement, scope)
      if (end !== undefined) return end
    }
    return undefined
  }

  /** Skips a statement that is beyond this evaluator. */
  #guarded(statement: acorn.Statement, scope: Scope): End {
    try {
      return this.#statement(statement, scope)
    } catch (error) {
      const isReturn = statement.type === 'ReturnStatement'
      // What a function returns is used, so its caller cannot go on either.
      if (!(error instanceof BeyondError) || (isReturn && this.#calls > 1)) throw error
      this.#skip(statement, error.message)
      if (statement.type === 'VariableDeclaration') {
        for (const { id } of statement.declarations) {
          for (const name of namesIn(id)) scope.declareUnknown(name)
        }
      }
      return isReturn ? { kind: 'return', value: undefined } : undefined
    }
  }

  #skip({ start, end, loc }: acorn.Statement, reason: string): void {
    const line = loc?.start.line ?? 0
    if (this.skipped.some((other) => other.line === line)) return
    this.skipped.push({ line, text: firstLine(this.#source.slice(start, end)), reason })
  }

  #statement(node: acorn.Statement, scope: Scope): End {
    this.#step()
    switch (node.type) {
      case 'ExpressionStatement':
        this.#value(node.expression, scope)
        return undefined
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          this.#bind(id, init ? this.#value(init, scope) : undefined, scope)
        }
        return undefined
      case 'FunctionDeclaration':
      case 'EmptyStatement':
        return undefined
      case 'ReturnStatement':
        return {
          kind: 'return',
          value: node.argument ? this.#value(node.argument, scope) : undefined,
        }
      case 'BlockStatement':
        return this.#block(node.body, new Scope(scope))
      case 'IfStatement': {
        const branch = isTrue(this.#value(node.test, scope)) ? node.consequent : node.alternate
        return branch ? this.#guarded(branch, scope) : undefined
      }
      case 'ForOfStatement':
        return this.#forOf(node, scope)
      case 'ForStatement':
        return this.#for(node, scope)
      case 'WhileStatement':
        return this.#loop(scope, () => isTrue(this.#value(node.test, scope)), node.body)
      case 'BreakStatement':
      case 'ContinueStatement':
        if (node.label) break
        return { kind: node.type === 'BreakStatement' ? 'break' : 'continue' }
      case 'ThrowStatement': {
        const value = this.#value(node.argument, scope)
        const message = value instanceof Map ? value.get('message') : value
        throw new ScriptError(typeof message === 'string' ? message : 'It throws.', value)
      }
      case 'TryStatement':
        return this.#try(node, scope)
      case 'ClassDeclaration':
      case 'DebuggerStatement':
      case 'DoWhileStatement':
      case 'ForInStatement':
      case 'LabeledStatement':
      case 'SwitchStatement':
      case 'WithStatement':
      default:
    }
    throw new BeyondError(`${node.type} is not supported`)
  }

  #forOf(node: acorn.ForOfStatement, scope: Scope): End {
    const [declaration] = node.left.type === 'VariableDeclaration' ? node.left.declarations : []
    if (node.await || declaration === undefined) {
      throw new BeyondError('this loop is not supported')
    }
    for (const value of listOf(this.#value(node.right, scope)).slice()) {
      this.#step()
      const inner = new Scope(scope)
      this.#bind(declaration.id, value, inner)
      const end = this.#guarded(node.body, inner)
      if (end?.kind === 'break') return undefined
      if (end?.kind === 'return') return end
    }
    return undefined
  }

  #for({ init, test, update, body }: acorn.ForStatement, scope: Scope): End {
    const inner = new Scope(scope)
    if (init?.type === 'VariableDeclaration') this.#statement(init, inner)
    else if (init) this.#value(init, inner)
    const isDue = () => !test || isTrue(this.#value(test, inner))
    return this.#loop(inner, isDue, body, () => update && this.#value(update, inner))
  }

  #loop(scope: Scope, isDue: () => boolean, body: acorn.Statement, next?: () => unknown): End {
    while (isDue()) {
      this.#step()
      const end = this.#guarded(body, scope)
      if (end?.kind === 'break') return undefined
      if (end?.kind === 'return') return end
      next?.()
    }
    return undefined
  }

  #try({ block, handler, finalizer }: acorn.TryStatement, scope: Scope): End {
    let end: End
    try {
      end = this.#block(block.body, new Scope(scope))
    } catch (error) {
      if (!(error instanceof ScriptError) || !handler) throw error
      const inner = new Scope(scope)
      if (handler.param) this.#bind(handler.param, error.value, inner)
      end = this.#block(handler.body.body, inner)
    }
    return (finalizer && this.#block(finalizer.body, new Scope(scope))) ?? end
  }

  #bind(pattern: acorn.Pattern, value: Value, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier':
        scope.declare(pattern.name, value)
        return
      case 'AssignmentPattern':
        this.#bind(
          pattern.left,
          value === undefined ? this.#value(pattern.right, scope) : value,
          scope,
        )
        return
      case 'ArrayPattern': {
        const list = listOf(value)
        pattern.elements.forEach((element, at) => element && this.#bind(element, list[at], scope))
        return
      }
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') throw new BeyondError('a rest is not supported')
          this.#bind(property.value, memberOf(value, this.#key(property, scope)), scope)
        }
        return
      case 'MemberExpression':
      case 'RestElement':
      default:
    }
    throw new BeyondError(`${pattern.type} is not supported`)
  }

  #closure(
    { params, body }: acorn.ArrowFunctionExpression | acorn.Function,
    scope: Scope,
  ): Callable {
    return new Callable((args) => {
      const inner = new Scope(scope)
      this.#calls++
      try {
        params.forEach((param, at) => {
          if (param.type === 'RestElement') this.#bind(param.argument, args.slice(at), inner)
          else this.#bind(param, args[at], inner)
        })
        if (body.type !== 'BlockStatement') return this.#value(body, inner)
        const end = this.#block(body.body, inner)
        return end?.kind === 'return' ? end.value : undefined
      } finally {
        this.#calls--
      }
    })
  }

  /** Evaluates an expression. */
  #value(node: acorn.Expression, scope: Scope): Value {
    this.#step()
    this.#depth++
    try {
      if (this.#depth > maxDepth) throw new ScriptError('It is nested too deeply.')
      return this.#evaluated(node, scope)
    } finally {
      this.#depth--
    }
  }

  #evaluated(node: acorn.Expression, scope: Scope): Value {
    switch (node.type) {
      case 'Literal':
        if (node.regex || typeof node.value === 'bigint') break
        return node.value as Value
      case 'Identifier':
        return scope.read(node.name)
      case 'TemplateLiteral':
        return this.#template(node, scope)
      case 'ArrayExpression':
        return this.#list(node.elements, scope)
      case 'ObjectExpression':
        return this.#object(node, scope)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        if (node.async || node.generator) break
        return this.#closure(node, scope)
      case 'MemberExpression':
        return this.#member(node, scope).value
      case 'ChainExpression':
        return this.#value(node.expression, scope)
      case 'CallExpression':
        return this.#call(node, scope)
      case 'NewExpression': {
        const callee = this.#value(node.callee, scope)
        return this.#called(callee, this.#list(node.arguments, scope))
      }
      case 'ConditionalExpression':
        return this.#value(
          isTrue(this.#value(node.test, scope)) ? node.consequent : node.alternate,
          scope,
        )
      case 'LogicalExpression':
        return this.#logical(node.operator, this.#value(node.left, scope), () =>
          this.#value(node.right, scope),
        )
      case 'UnaryExpression':
        return this.#unary(node, scope)
      case 'BinaryExpression':
        if (node.left.type === 'PrivateIdentifier') break
        return binary(node.operator, this.#value(node.left, scope), this.#value(node.right, scope))
      case 'AssignmentExpression':
        return this.#assign(node, scope)
      case 'UpdateExpression': {
        const before = numberOf(this.#value(node.argument, scope))
        const after = node.operator === '++' ? before + 1 : before - 1
        this.#store(node.argument, after, scope)
        return node.prefix ? after : before
      }
      case 'SequenceExpression':
        return node.expressions.map((each) => this.#value(each, scope)).at(-1)
      case 'AwaitExpression':
      case 'ClassExpression':
      case 'ImportExpression':
      case 'MetaProperty':
      case 'ParenthesizedExpression':
      case 'TaggedTemplateExpression':
      case 'ThisExpression':
      case 'YieldExpression':
      default:
    }
    throw new BeyondError(`${node.type} is not supported`)
  }

  #template({ quasis, expressions }: acorn.TemplateLiteral, scope: Scope): string {
    const texts = quasis.map(({ value }, at) => {
      const expression = expressions[at]
      const text = expression === undefined ? '' : textOf(this.#value(expression, scope))
      return `${value.cooked ?? ''}${text}`
    })
    return limited(texts.join(''))
  }

  #list(
    elements: readonly (acorn.Expression | acorn.SpreadElement | null)[],
    scope: Scope,
  ): Value[] {
    const list = elements.flatMap((element): readonly Value[] => {
      if (element === null) return [undefined]
      if (element.type === 'SpreadElement') return listOf(this.#value(element.argument, scope))
      // In a list of its own, since a value may be a list.
      return [this.#value(element, scope)]
    })
    return limited(list)
  }

  #object({ properties }: acorn.ObjectExpression, scope: Scope): Members {
    const members: Members = new Map()
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        for (const [name, value] of membersOf(this.#value(property.argument, scope))) {
          members.set(name, value)
        }
      } else {
        if (property.kind !== 'init') throw new BeyondError('accessors are not supported')
        members.set(this.#key(property, scope), this.#value(property.value, scope))
      }
    }
    return members
  }

  #key({ key, computed }: acorn.Property | acorn.AssignmentProperty, scope: Scope): string {
    if (computed) return textOf(this.#value(key, scope))
    return key.type === 'Identifier' ? key.name : String((key as acorn.Literal).value)
  }

  #member(
    { object, property, computed, optional }: acorn.MemberExpression,
    scope: Scope,
  ): { readonly value: Value; readonly isMissing: boolean } {
    if (object.type === 'Super' || property.type === 'PrivateIdentifier') {
      throw new BeyondError('classes are not supported')
    }
    const owner = this.#value(object, scope)
    if (optional && (owner === undefined || owner === null)) {
      return { value: undefined, isMissing: true }
    }
    const name =
      computed || property.type !== 'Identifier'
        ? textOf(this.#value(property, scope))
        : property.name
    return { value: memberOf(owner, name), isMissing: false }
  }

  #call({ callee, arguments: args, optional }: acorn.CallExpression, scope: Scope): Value {
    if (callee.type === 'Super') throw new BeyondError('classes are not supported')
    const { value, isMissing } =
      callee.type === 'MemberExpression'
        ? this.#member(callee, scope)
        : { value: this.#value(callee, scope), isMissing: false }
    if (isMissing || (optional && (value === undefined || value === null))) return undefined
    return this.#called(value, this.#list(args, scope))
  }

  #called(value: Value, args: readonly Value[]): Value {
    if (value instanceof Callable) return value.call(args)
    throw new BeyondError('the value is not a function that is offered')
  }

  #logical(operator: string, left: Value, right: () => Value): Value {
    switch (operator) {
      case '&&':
        return isTrue(left) ? right() : left
      case '||':
        return isTrue(left) ? left : right()
      default:
        return left === undefined || left === null ? right() : left
    }
  }

  #unary({ operator, argument }: acorn.UnaryExpression, scope: Scope): Value {
    const value = this.#value(argument, scope)
    switch (operator) {
      case '!':
        return !isTrue(value)
      case '-':
        return -numberOf(value)
      case '+':
        return numberOf(value)
      case 'void':
        return undefined
      case 'typeof':
        return value instanceof Callable ? 'function' : typeof value
      case 'delete': {
        const owner =
          argument.type === 'MemberExpression' && argument.object.type !== 'Super'
            ? this.#value(argument.object, scope)
            : undefined
        const name =
          argument.type === 'MemberExpression' && argument.property.type === 'Identifier'
            ? argument.property.name
            : undefined
        if (owner instanceof Map && name !== undefined) return owner.delete(name)
        break
      }
      case '~':
      default:
    }
    throw new BeyondError(`${operator} is not supported`)
  }

  #assign({ operator, left, right }: acorn.AssignmentExpression, scope: Scope): Value {
    const next = () => this.#value(right, scope)
    const value =
      operator === '='
        ? next()
        : operator === '&&=' || operator === '||=' || operator === '??='
          ? this.#logical(operator.slice(0, -1), this.#value(left as acorn.Expression, scope), next)
          : binary(operator.slice(0, -1), this.#value(left as acorn.Expression, scope), next())
    this.#store(left, value, scope)
    return value
  }

  #store(target: acorn.Pattern | acorn.Expression, value: Value, scope: Scope): void {
    if (target.type === 'Identifier') {
      scope.assign(target.name, value)
      return
    }
    if (target.type !== 'MemberExpression' || target.object.type === 'Super') {
      throw new BeyondError('this assignment is not supported')
    }
    const { object, property, computed } = target
    const name =
      !computed && property.type === 'Identifier'
        ? property.name
        : textOf(this.#value(property as acorn.Expression, scope))
    setMember(this.#value(object, scope), name, value)
  }
}

function binary(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '===':
      return left === right
    case '!==':
      return left !== right
    case '==':
      return (left ?? undefined) === (right ?? undefined)
    case '!=':
      return (left ?? undefined) !== (right ?? undefined)
    case '+':
      return typeof left === 'string' || typeof right === 'string'
        ? limited(textOf(left) + textOf(right))
        : numberOf(left) + numberOf(right)
    case '-':
      return numberOf(left) - numberOf(right)
    case '*':
      return numberOf(left) * numberOf(right)
    case '/':
      return numberOf(left) / numberOf(right)
    case '%':
      return numberOf(left) % numberOf(right)
    case '<':
      return numberOf(left) < numberOf(right)
    case '<=':
      return numberOf(left) <= numberOf(right)
    case '>':
      return numberOf(left) > numberOf(right)
    case '>=':
      return numberOf(left) >= numberOf(right)
    case 'in':
      return membersOf(right).has(textOf(left))
    default:
      throw new BeyondError(`${operator} is not supported`)
  }
}

function namesIn(pattern: acorn.Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesIn(element) : []))
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'Property' ? namesIn(property.value) : [],
      )
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'MemberExpression':
    case 'RestElement':
    default:
      return []
  }
}
