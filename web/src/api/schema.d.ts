/**
 * Generated from the server's OpenAPI by `npm run api-types`; do not edit.
 */
export interface paths {}
export type webhooks = Record<string, never>;
export interface components {
  schemas: Record<string, never>;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
