/** How a dashboard is served. */

/** Options for {@linkcode serveDashboard}. */
export interface DashboardOptions {
  /** The path of the file. */
  readonly dbPath: string;
  /**
   * The port; 0 for a free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The address to listen on. At an address that other machines can reach, every request needs the token that the
   * dashboard makes.
   *
   * @default {"127.0.0.1"}
   */
  readonly host?: string;
  /**
   * Receives one line for each run that is left out because it is damaged, and for each fault.
   *
   * @default {writes to stderr}
   */
  readonly onWarning?: (message: string) => void;
  /**
   * Milliseconds between looks for changes of the file, while a page is open.
   *
   * @default {500}
   */
  readonly pollInterval?: number;
  /**
   * Folders whose files may be shown if they are artifacts of runs. The folder of the file always is one.
   *
   * @default {[]}
   */
  readonly artifactFolders?: readonly string[];
  /**
   * Milliseconds in which a client must have sent its request, and in which it must read a part of the answer.
   *
   * @default {10_000}
   */
  readonly patience?: number;
}
