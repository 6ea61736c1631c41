/** Options of {@linkcode ADictMethods.update}. */
export interface UpdateOptions {
  /**
   * Merge mappings into mappings, instead of replacing them.
   *
   * @default false
   */
  readonly deep?: boolean;
}
