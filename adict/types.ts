/** Options for {@linkcode ADictMethods.update}. */
export interface UpdateOptions {
  /**
   * Whether to merge mappings into mappings instead of replacing them.
   *
   * @default {false}
   */
  readonly deep?: boolean;
}
