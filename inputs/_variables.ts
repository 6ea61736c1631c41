/** Which environment variables are inputs. `docs/inputs.md` has the lists in words. */
import { UNSET } from "../internal/run_inputs.ts";
import { hiddenSecret } from "../internal/secrets.ts";

/** Variables of the session, the shell and the tools: they decide no result. */
const LEFT_OUT: readonly RegExp[] = [
  /^(?:PATH|HOME|PWD|OLDPWD|SHLVL|_|USER|USERNAME|LOGNAME|HOSTNAME|HOST|SHELL|MAIL|EDITOR|VISUAL|PAGER|LESS|MANPATH|INFOPATH)$/,
  /^(?:TERM|TERM_.*|TERMINFO.*|COLORTERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CLICOLOR.*|LS_COLORS|PS\d|PROMPT.*|WT_.*|VTE_.*|ITERM_.*|TMUX.*|STY|KITTY_.*|ALACRITTY_.*|VSCODE_.*|INSIDE_EMACS|JPY_.*|MPLBACKEND)$/,
  // The environment has a factor for each of these.
  /^(?:LANG|LANGUAGE|LC_.*)$/,
  /^(?:TMPDIR|TMP|TEMP|TEMPDIR|XDG_.*|SSH_.*|GPG_.*|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_.*|DESKTOP_SESSION|GNOME_.*|KDE_.*|SESSION_MANAGER|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_.*|NOTIFY_SOCKET)$/,
  /^(?:npm_.*|NPM_.*|YARN_.*|PNPM_.*|BUN_.*|NVM_.*|VOLTA_.*|VIRTUAL_ENV.*|CONDA_.*|_CONDA_.*|MAMBA_.*|PYENV_.*|UV|UV_.*|PIP_.*|POETRY_.*|PIPENV_.*)$/,
  /^(?:_?PYTHON.*|NODE|NODE_.*|DENO|DENO_.*|ATO_.*|GIT_.*|CARGO_.*|RUSTUP_.*|GOPATH|GOROOT|JAVA_HOME)$/,
  /^(?:CI|GITHUB_.*|GITLAB_.*|RUNNER_.*|BUILD_.*|JENKINS_.*)$/,
  /^(?:HTTP_PROXY|HTTPS_PROXY|NO_PROXY|ALL_PROXY|FTP_PROXY|SSL_CERT_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/i,
  /^(?:SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES.*|COMMONPROGRAM.*|USERPROFILE|USERDOMAIN.*|HOMEDRIVE|HOMEPATH|COMPUTERNAME|PUBLIC|ALLUSERSPROFILE|NUMBER_OF_PROCESSORS|PROCESSOR_.*|OS|PSMODULEPATH|SYSTEMDRIVE)$/i,
  // The address of a job and of its peers.
  /^(?:SLURM_.*|PBS_.*|LSB_.*|SGE_.*|KUBERNETES_.*|MASTER_ADDR|MASTER_PORT|TORCHELASTIC_RUN_ID|TORCHELASTIC_.*_FILE)$/,
];

/** Variables that the list would leave out and that decide results. */
const KEPT: ReadonlySet<string> = new Set([
  "PYTHONHASHSEED",
  "PYTHONOPTIMIZE",
  "PYTHONDEVMODE",
  "PYTHONINTMAXSTRDIGITS",
  "NODE_ENV",
  "NODE_ICU_DATA",
  "DENO_ENV",
  "SLURM_NTASKS",
  "SLURM_PROCID",
  "SLURM_CPUS_PER_TASK",
  "SLURM_GPUS",
]);

/** Whether a variable that a program read is an input. */
export function isInputVariable(name: string): boolean {
  return KEPT.has(name) || !LEFT_OUT.some((rule) => rule.test(name));
}

/**
 * Returns the value of a variable's factor.
 *
 * @param id The id of its factor.
 * @param value What the program was started with.
 * @returns `undefined` if there is no key to hide the value with.
 */
export function variableValue(
  id: string,
  value: string | null,
): string | undefined {
  return value === null ? UNSET : hiddenSecret(id, value);
}

/** Makes the factors of the variables that a program read. */
export function recordVariables(
  variables: Iterable<readonly [name: string, value: string | null]>,
): {
  readonly factors: readonly (readonly [id: string, value: string])[];
  readonly notes: readonly string[];
} {
  const factors = new Map<string, string>();
  const notes: string[] = [];
  for (const [name, value] of variables) {
    const id = `env:${name}`;
    // The value that the first process was started with counts.
    if (!isInputVariable(name) || factors.has(id)) continue;
    const hidden = variableValue(id, value);
    if (hidden !== undefined) factors.set(id, hidden);
    else {
      notes.push(
        `${id}: there is no key to hash its value with; allow Ato to use its key (--allow-env, --allow-read, --allow-write)`,
      );
    }
  }
  return { factors: [...factors], notes };
}
